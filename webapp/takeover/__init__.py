"""Taking over what an organisation already keeps in spreadsheets: tried first, then all of it or nothing."""
