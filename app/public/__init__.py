"""The patients' door."""
