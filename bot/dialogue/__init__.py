"""The conversation: pure functions from what was said to what is answered."""
