"""The studio: packages that people draw here, from the first draft to the agreed version."""
