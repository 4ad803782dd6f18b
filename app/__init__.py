"""Baari: hospital scheduling. Rooms below, doors above (docs/adr/001)."""
