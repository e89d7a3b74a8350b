"""One reader per source format; each returns records and problems."""
