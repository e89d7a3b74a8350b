"""How people reach the desk: one folder per channel."""
