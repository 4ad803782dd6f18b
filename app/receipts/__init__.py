"""What was paid at the desk: numbered receipts, voided with a reason, never deleted."""
