"""What a process may use through service tasks. docs/abilities.md is the table of them."""
