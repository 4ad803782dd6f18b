"""Real PostgreSQL and Redis from wheels, run as children."""
