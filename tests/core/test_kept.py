"""Rows kept for the end of a transaction: written with their like, or not at all."""

import pytest
from sqlalchemy import literal, select, text

from app.audit import internal as audit
from app.core.actor import SYSTEM
from app.core.constant import Constant
from app.core.db import savepoint, transaction
from tests.doors.statements import statements
from tests.factories import NOW

_ALL = Constant(
    text("SELECT action FROM audit_events WHERE object_kind = 'test' ORDER BY id")
)


@pytest.fixture(autouse=True)
def house(session):
    return session


def say(action):
    audit.record(action, audit.Subject("test", "1"), by=SYSTEM, now=NOW)


def said():
    return _ALL.send({}).scalars()


def fail(action, within):
    with pytest.raises(LookupError):
        _fail(action, within)


def _fail(action, within):
    with within():
        say(action)
        raise LookupError


def test_all_lines_of_a_transaction_are_one_statement():
    def both():
        with transaction():
            say("one")
            say("two")

    assert statements(both) == 1
    assert said() == ["one", "two"]


def test_no_line_is_left_of_what_failed():
    fail("one", transaction)
    with transaction():
        say("two")

    assert said() == ["two"]


def test_a_savepoint_takes_only_its_own_lines_back():
    with transaction():
        say("one")
        fail("two", savepoint)
        say("three")

    assert said() == ["one", "three"]


def test_lines_of_a_savepoint_that_went_well_are_written():
    with transaction():
        with savepoint():
            say("one")
        fail("two", savepoint)

    assert said() == ["one"]


def test_who_asks_for_the_trail_finds_what_was_said_just_now():
    with transaction():
        say("one")

        assert [each.action for each in audit.lines("test", "1")] == ["one"]


def test_without_a_transaction_a_line_is_written_at_once():
    say("one")

    assert said() == ["one"]


def test_another_statement_takes_the_lines_along_once():
    with transaction():
        say("one")
        Constant(select(literal(1)).add_cte(audit.trail())).send(
            {"trail": audit.along()}
        )

        assert said() == ["one"]

    assert said() == ["one"]
