"""The staff door: HTML for the browser."""
