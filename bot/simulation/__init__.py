"""Platforms that exist only here, for tests and for trying things out without any account."""
