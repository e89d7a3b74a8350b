"""What we know and how we find it: pure Python over data handed to it."""
