"""Measure the JSON door beside what Flask and bare SQL can do on the same machine."""
