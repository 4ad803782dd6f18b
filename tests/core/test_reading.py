"""
Who only looks needs no transaction, and one statement is its own.

All else that writes has one, however it began.
"""

from uuid import uuid4

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import delete, func, select, text

from app.core import db as database
from app.core.db import db, transaction
from app.directory.models import Facility


class LostError(Exception):
    """The act breaks off."""


@pytest.fixture
def reader(app):
    """Look with a connection of the app's own, as a request does."""
    with app.app_context():
        database.begin_reading()
        db.session.execute(text("SELECT 1"))
        yield
        db.session.remove()


def _driver():
    return db.session.connection().connection.driver_connection


def _facility(slug):
    return Facility(slug=slug, name="Reading", zone="Asia/Kolkata")


def _there(app, slug):
    with app.app_context():
        found = select(func.count()).where(Facility.slug == slug)
        return db.session.scalar(found)


@pytest.mark.usefixtures("reader")
def test_a_look_stands_by_itself():
    assert _driver().info.transaction_status is TransactionStatus.IDLE


@pytest.mark.usefixtures("reader")
def test_an_act_after_a_look_is_all_or_nothing(app):
    slug = f"reading-{uuid4().hex[:8]}"

    def act():
        with transaction() as session:
            session.add(_facility(slug))
            session.flush()
            assert _driver().info.transaction_status is TransactionStatus.INTRANS
            raise LostError

    with pytest.raises(LostError):
        act()
    assert _there(app, slug) == 0


@pytest.mark.usefixtures("reader")
def test_what_is_written_outside_an_act_waits_for_its_commit(app):
    slug = f"reading-{uuid4().hex[:8]}"
    db.session.add(_facility(slug))
    db.session.flush()
    db.session.rollback()
    assert _there(app, slug) == 0


@pytest.mark.usefixtures("reader")
def test_a_connection_is_given_back_as_it_was(app):
    driver = _driver()
    assert driver.autocommit
    database.end_reading()
    db.session.remove()
    assert not driver.autocommit
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        assert _driver().info.transaction_status is TransactionStatus.INTRANS


@pytest.mark.usefixtures("reader")
def test_patience_can_be_asked_for_after_a_look():
    database.together(db.session())
    db.session.execute(text("SET LOCAL statement_timeout = 1234"))
    told = db.session.scalar(text("SHOW statement_timeout"))
    assert told == "1234ms"


def test_one_statement_needs_no_beginning_and_no_end(app):
    slug = f"reading-{uuid4().hex[:8]}"
    with app.app_context():
        with transaction(of_one=True) as session:
            session.execute(_ADD, {"slug": slug})
            assert _driver().info.transaction_status is TransactionStatus.IDLE
        assert _there(app, slug) == 1

        with transaction() as session:
            session.execute(text("SELECT 1"))
            assert _driver().info.transaction_status is TransactionStatus.INTRANS
            # Others find this database as it was.
            session.execute(delete(Facility).where(Facility.slug == slug))
        db.session.remove()


_ADD = text(
    "INSERT INTO facilities (public_id, slug, name, zone)"
    " VALUES (gen_random_uuid(), :slug, 'Reading', 'Asia/Kolkata')"
)
