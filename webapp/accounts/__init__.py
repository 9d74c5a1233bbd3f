"""People, their units and roles, and who is signed in."""
