"""The door of time: what runs by itself."""
