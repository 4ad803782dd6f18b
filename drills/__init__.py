"""Drills: what is run against a whole, living Baari to see if it keeps its word."""
