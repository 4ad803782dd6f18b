"""Who is here: check-in, the encounter, one live order for each doctor and day."""
