"""What goes in and out as JSON, by subject."""
