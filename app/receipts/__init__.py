"""
What was paid: at the desk by numbered receipts, and before the visit through an app.

Receipts are voided with a reason; nothing is deleted.
"""
