"""What the database promises of the boxes of the network, word by word."""

import pytest
from sqlalchemy import text

PROMISES = {
    "beckn_inbox": {
        "ck_beckn_inbox_action": (
            "CHECK (((action)::text = ANY ((ARRAY['search'::character varying, "
            "'select'::character varying, 'init'::character varying, "
            "'confirm'::character varying, 'status'::character varying, "
            "'track'::character varying, 'cancel'::character varying, "
            "'update'::character varying, 'rating'::character varying, "
            "'support'::character varying, "
            "'get_cancellation_reasons'::character varying, "
            "'get_rating_categories'::character varying])::text[])))"
        ),
        "ck_beckn_inbox_dead": (
            "CHECK ((((state)::text <> 'dead'::text) OR ((error)::text <> ''::text)))"
        ),
        "ck_beckn_inbox_digest": ("CHECK ((length((digest)::text) = 88))"),
        "ck_beckn_inbox_due": (
            "CHECK (((((state)::text = 'waiting'::text) = (due_at IS NOT NULL)) "
            "AND (((state)::text = 'waiting'::text) = (done_at IS NULL))))"
        ),
        "ck_beckn_inbox_state": (
            "CHECK (((state)::text = ANY ((ARRAY['waiting'::character varying, "
            "'done'::character varying, 'dead'::character varying])::text[])))"
        ),
        "ck_beckn_inbox_tries": ("CHECK ((tries >= 0))"),
        "uq_beckn_inbox_message": (
            "UNIQUE (bap_id, transaction_id, message_id, action)"
        ),
    },
    "beckn_outbox": {
        "ck_beckn_outbox_acked": (
            "CHECK ((((state)::text <> 'acked'::text) OR (acked_at IS NOT NULL)))"
        ),
        "ck_beckn_outbox_again": (
            "CHECK ((((state)::text <> 'again'::text) OR (body IS NOT NULL)))"
        ),
        "ck_beckn_outbox_error": (
            "CHECK ((((state)::text <> ALL ((ARRAY['refused'::character "
            "varying, 'dead'::character varying])::text[])) OR ((error)::text "
            "<> ''::text)))"
        ),
        "ck_beckn_outbox_next": (
            "CHECK ((((state)::text = ANY ((ARRAY['waiting'::character varying, "
            "'again'::character varying])::text[])) = (next_at IS NOT NULL)))"
        ),
        "ck_beckn_outbox_sequence": ("CHECK ((sequence >= 1))"),
        "ck_beckn_outbox_state": (
            "CHECK (((state)::text = ANY ((ARRAY['waiting'::character varying, "
            "'again'::character varying, 'acked'::character varying, "
            "'refused'::character varying, 'dead'::character "
            "varying])::text[])))"
        ),
        "ck_beckn_outbox_tries": ("CHECK ((tries >= 0))"),
        "uq_beckn_outbox_sequence": ("UNIQUE (bap_id, transaction_id, sequence)"),
    },
    "beckn_tallies": {
        "ck_beckn_tallies_kind": (
            "CHECK (((kind)::text = ANY ((ARRAY['braked'::character varying, "
            "'refused'::character varying])::text[])))"
        ),
        "ck_beckn_tallies_number": "CHECK ((number >= 1))",
        "uq_beckn_tallies_minute_kind_subscriber_address": (
            "UNIQUE (minute, kind, subscriber, address)"
        ),
    },
}


@pytest.mark.parametrize("table", PROMISES)
def test_the_database_keeps_its_promises(session, table):
    rows = session.execute(
        text(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = CAST(:table AS regclass) AND contype IN ('c', 'u', 'x')"
            " AND conname NOT LIKE '%public_id'"
        ),
        {"table": table},
    ).all()

    assert dict(tuple(row) for row in rows) == PROMISES[table]
