"""Orders of the network: which appointment each is, and who gave it."""
