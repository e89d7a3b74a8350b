"""The application: people talk to it, staff work in it."""
