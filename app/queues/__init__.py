"""Check-in, encounters and the day's live order."""
