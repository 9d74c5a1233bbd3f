"""Proving a package before anybody meets it."""
