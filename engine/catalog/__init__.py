"""Process packages: load a folder, check it, version it by its content."""
