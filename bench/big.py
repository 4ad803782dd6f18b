"""Ten million appointments of earlier years, written by SQL, and what they slow down."""

MOST_SLOWER = 1.2
_TABLES = (
    "token_slots",
    "booking_resources",
    "appointments",
    "token_series",
    "tokens",
    "participants",
)
