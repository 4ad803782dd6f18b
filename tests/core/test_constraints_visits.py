"""What the database promises of the secret of a visit, and of what is said of it."""

import pytest
from sqlalchemy import text

PROMISES = {
    "ratings": {
        "ck_ratings_changed": "CHECK ((changed_at >= rated_at))",
        "ck_ratings_stars": "CHECK (((stars >= 1) AND (stars <= 5)))",
        "uq_ratings_participant_id": "UNIQUE (participant_id)",
    },
    "participants": {
        "ck_participants_role": "CHECK (((role)::text = ANY ((ARRAY["
        "'patient'::character varying, 'guardian'::character varying,"
        " 'companion'::character varying])::text[])))",
        "ck_participants_secret": "CHECK ((length((secret)::text) >= 20))",
        "uq_participants_secret": "UNIQUE (secret)",
    },
}


@pytest.mark.parametrize("table", PROMISES)
def test_the_database_keeps_its_promises(session, table):
    rows = session.execute(
        text(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = CAST(:table AS regclass) AND conname = ANY(:names)"
        ),
        {"table": table, "names": list(PROMISES[table])},
    )

    assert dict(tuple(row) for row in rows) == PROMISES[table]
