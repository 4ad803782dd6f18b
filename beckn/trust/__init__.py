"""Who sent a message, and how others know that we did."""
