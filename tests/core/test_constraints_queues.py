"""What the database refuses in queues, beside the checks of single tables."""

import pytest
from sqlalchemy import text

from tests.core.promises_queues import INDEXES, OPEN, VISIT_NEEDS_CHECK_IN


@pytest.mark.parametrize("name", INDEXES)
def test_conditional_indexes_are_as_they_were_made(session, name):
    found = session.scalar(
        text("SELECT indexdef FROM pg_indexes WHERE indexname = :name"), {"name": name}
    )

    assert found == INDEXES[name]


def test_who_stands_in_a_queue_follows_their_state(session):
    found = session.scalar(
        text(
            "SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d"
            " JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum"
            " WHERE a.attrelid = 'queue_entries'::regclass AND a.attname = 'open'"
            " AND a.attgenerated = 's'"
        )
    )

    assert found == OPEN


def test_a_visit_needs_the_check_in_of_the_same_participant(session):
    found = session.scalar(
        text(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conname = 'fk_encounters_check_in'"
        )
    )
    nullable = session.scalar(
        text(
            "SELECT is_nullable FROM information_schema.columns"
            " WHERE (table_name, column_name) = ('encounters', 'check_in_id')"
        )
    )

    assert (found, nullable) == (VISIT_NEEDS_CHECK_IN, "NO")
