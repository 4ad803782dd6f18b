"""The newest migration is told as Alembic tells it."""

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from app.core import schema
from tests import servers


@pytest.fixture
def empty(worker):
    url = servers.start_shared().empty_database_url_for(f"baari_empty_{worker}")
    engine = create_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_the_newest_is_what_alembic_says():
    known = ScriptDirectory(str(schema.FOLDER)).get_heads()

    assert schema.heads() == set(known)


def test_an_empty_database_has_come_to_none(empty):
    assert schema.at(empty) == set()


def test_a_migrated_database_has_come_to_the_newest(session):
    assert schema.at(session.connection()) == schema.heads()
