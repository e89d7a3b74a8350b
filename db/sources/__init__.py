"""Tracking databases that others own: read, never written."""
