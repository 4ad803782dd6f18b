"""People and their needs."""
