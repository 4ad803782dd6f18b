"""Import and export of the whole hospital."""
