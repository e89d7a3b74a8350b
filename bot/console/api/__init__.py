"""The staff HTTP API at /api/v1, for systems that push dossiers and their status changes."""
