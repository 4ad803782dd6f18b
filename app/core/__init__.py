"""What every room stands on: time, spans, transactions, events, locks, settings."""
