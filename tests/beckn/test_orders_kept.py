"""What the database promises of orders of the network, word by word."""

from sqlalchemy import text

PROMISES = {
    "ck_beckn_orders_terms": "CHECK (((terms)::text = ANY ((ARRAY["
    "'desk'::character varying, 'prepaid'::character varying,"
    " 'free'::character varying])::text[])))",
    "ck_beckn_orders_cancelled": "CHECK (((num_nonnulls(cancelled_at, cancel_reason,"
    " cancel_words) = ANY (ARRAY[0, 3])) AND ((cancelled_at IS NULL) OR"
    " (confirmed_at IS NOT NULL))))",
    "ck_beckn_orders_confirmed": "CHECK (((order_id IS NULL) ="
    " (confirmed_at IS NULL)))",
    "ck_beckn_orders_currency": "CHECK (((currency)::text ~ '^[A-Z]{3}$'::text))",
    "ck_beckn_orders_price": "CHECK ((price >= (0)::numeric))",
    "uq_beckn_orders_appointment_id": "UNIQUE (appointment_id)",
    "uq_beckn_orders_bap_id_transaction_id": "UNIQUE (bap_id, transaction_id)",
    "uq_beckn_orders_form_id": "UNIQUE (form_id)",
    "uq_beckn_orders_order_id": "UNIQUE (order_id)",
}


def test_an_order_is_one_transaction_and_one_appointment(session):
    found = session.execute(
        text(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = 'beckn_orders'::regclass AND contype IN ('c', 'u')"
        )
    )

    assert dict(found.all()) == PROMISES
