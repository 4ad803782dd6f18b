"""What the database promises of receipts and of merged patients."""

MONEY = {
    "receipt_books": {
        "ck_receipt_books_last": "CHECK ((last >= 1))",
        "uq_receipt_books_facility_id": "UNIQUE (facility_id)",
    },
}
