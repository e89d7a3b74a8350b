"""What staff and the systems of staff use: for now, the HTTP API."""
