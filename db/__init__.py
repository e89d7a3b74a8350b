"""The tracking database (SQLite or PostgreSQL) and our own tables."""
