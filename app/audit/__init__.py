"""The trail of every write, and the comments on it."""
