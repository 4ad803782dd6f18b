"""THE booking service: appointments, token slots, claims and numbers."""
