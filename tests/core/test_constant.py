"""Statements made once are of the present transaction, and end with it."""

import pytest
from sqlalchemy import bindparam, insert, text

from app.audit.models import Comment
from app.core.constant import Constant
from app.core.db import savepoint, table, transaction
from tests.factories import NOW

_SAY = Constant(
    insert(table(Comment)).values(
        object_kind="test",
        object_id="1",
        actor="user:1",
        actor_name="Asha",
        **{each: bindparam(each) for each in ("text", "once", "at")},
    )
)
_ALL = Constant(text("SELECT text FROM comments WHERE object_kind = 'test' ORDER BY 1"))


@pytest.fixture
def say(session):
    return lambda words: _SAY.send({"text": words, "once": words, "at": NOW})


def said():
    return _ALL.send({}).scalars()


def fail(say, words, within=transaction):
    with pytest.raises(LookupError):
        _fail(say, words, within)


def _fail(say, words, within):
    with within():
        say(words)
        raise LookupError


def test_what_was_sent_stays_with_a_commit(say):
    with transaction():
        say("one")

    assert said() == ["one"]


def test_what_was_sent_goes_with_a_rollback_also_after_a_commit(say):
    with transaction():
        say("one")
    fail(say, "two")

    assert said() == ["one"]


def test_what_was_sent_after_a_rollback_is_of_the_next_transaction(say):
    fail(say, "one")
    fail(say, "two")
    with transaction():
        say("three")

    assert said() == ["three"]


def test_a_savepoint_takes_back_only_what_was_sent_within(say):
    with transaction():
        say("one")
        fail(say, "two", within=savepoint)
        say("three")

    assert said() == ["one", "three"]
