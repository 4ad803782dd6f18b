"""Facilities, departments, resources and appointment types."""
