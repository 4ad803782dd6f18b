"""What the database promises of receipts and of merged patients."""

MONEY = {
    "receipt_books": {
        "ck_receipt_books_last": "CHECK ((last >= 1))",
        "uq_receipt_books_facility_id": "UNIQUE (facility_id)",
    },
    "prepayments": {
        "ck_prepayments_amount": "CHECK ((amount > (0)::numeric))",
        "ck_prepayments_currency": "CHECK (((currency)::text ~ '^[A-Z]{3}$'::text))",
        "ck_prepayments_named": "CHECK ((((through)::text <> ''::text)"
        " AND ((transaction_id)::text <> ''::text)))",
        "uq_prepayments_appointment_id": "UNIQUE (appointment_id)",
        "uq_prepayments_through_transaction_id": "UNIQUE (through, transaction_id)",
    },
    "receipts": {
        "ck_receipts_amount": "CHECK ((amount > (0)::numeric))",
        "ck_receipts_currency": "CHECK (((currency)::text ~ '^[A-Z]{3}$'::text))",
        "ck_receipts_method": "CHECK (((method)::text = ANY ((ARRAY["
        "'cash'::character varying, 'card'::character varying,"
        " 'upi'::character varying, 'cheque'::character varying,"
        " 'other'::character varying])::text[])))",
        "ck_receipts_number": "CHECK ((number >= 1))",
        "ck_receipts_void": "CHECK ((num_nonnulls(voided_at, voided_by_name,"
        " void_reason) = ANY (ARRAY[0, 3])))",
        "uq_receipts_facility_id_number": "UNIQUE (facility_id, number)",
    },
    "patient_merges": {
        "ck_patient_merges_two": "CHECK ((kept_id <> merged_id))",
    },
}
