"""The addresses of the JSON door, by subject."""
