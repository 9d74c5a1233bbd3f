"""Trying a version before it is deployed: earlier cases told again under it, and a case played by hand."""
