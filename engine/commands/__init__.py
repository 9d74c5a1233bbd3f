"""The verbs. Each is handed a unit of work and what it needs; the caller commits."""
