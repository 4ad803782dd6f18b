"""Messages as rows, and the channels that carry them."""
