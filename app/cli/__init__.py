"""The shell's door: the baari command."""
