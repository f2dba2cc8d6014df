"""The database, to read."""
