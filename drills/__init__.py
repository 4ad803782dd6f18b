"""Drills: what is run against a whole, living Baari to see whether it keeps its word."""
