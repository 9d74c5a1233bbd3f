"""What is looked at when a package is checked, one subject to a module; docs/checks.md lists the rules."""
