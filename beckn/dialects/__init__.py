"""How networks write: each dialect reads commands and writes results."""
