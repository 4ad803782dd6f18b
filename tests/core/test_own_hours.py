"""Doctors of a house from before roles were data keep the hours that are their own."""

import pytest
from sqlalchemy import NullPool, create_engine, text

from tests import servers
from tests.core.test_constraints import migrate

# Two doctors with accounts, one of whom has the role; a nurse who is none.
BEFORE = """
INSERT INTO users (id, public_id, username, name, password_hash, created_at)
SELECT n, gen_random_uuid(), 'user' || n, 'User', 'x', now()
FROM generate_series(1, 2) n;
INSERT INTO practitioners (id, user_id) VALUES (1, 1), (2, 2);
INSERT INTO resources (id, public_id, code, kind, name, practitioner_id)
SELECT n, gen_random_uuid(), 'doctor-' || n, 'practitioner', 'Doctor', n
FROM generate_series(1, 2) n;
INSERT INTO role_assignments (user_id, role) VALUES (1, 'doctor'), (2, 'nurse');
"""


@pytest.fixture
def old_house(worker):
    shared = servers.start_shared()
    return shared.empty_database_url_for(f"baari_own_hours_{worker}")


def test_who_has_the_role_gets_it_for_themselves(old_house):
    migrate(old_house, "upgrade", "0013")
    engine = create_engine(old_house, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(BEFORE))

    migrate(old_house, "upgrade", "0014")

    found = "SELECT user_id, role, resource_id FROM role_assignments WHERE"
    with engine.connect() as connection:
        rows = connection.execute(text(f"{found} resource_id IS NOT NULL")).all()
    assert rows == [(1, "doctor", 1)]
