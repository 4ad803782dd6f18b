"""The sections of a hospital's file: how each is read, and what it does."""
