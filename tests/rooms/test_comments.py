"""Comments: by whoever may see the object, and never changed."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.accounts.permissions import Role
from app.audit import queries, service
from app.core.errors import InputError, NotFoundError
from tests import factories as make
from tests.factories import NOW
from tests.rooms import cast as people


@pytest.fixture
def visit(session):
    return people.booked(people.assemble())


def say(visit, by, words="Comes by ambulance"):
    service.comment("appointment", visit.id, words, by=by, now=NOW)


def test_who_may_see_says_and_reads(visit):
    by = make.user(Role.ADMIN).actor

    say(visit, by)

    told = queries.comments("appointment", visit.id, by=by)
    assert [(each.who, each.text) for each in told] == [(by.name, "Comes by ambulance")]


def test_who_may_not_see_does_neither(visit):
    with pytest.raises(NotFoundError):
        say(visit, people.STRANGER)
    with pytest.raises(NotFoundError):
        queries.comments("appointment", visit.id, by=people.STRANGER)


def test_an_empty_comment_and_an_unknown_kind_are_refused(visit):
    by = make.user(Role.ADMIN).actor
    with pytest.raises(InputError):
        say(visit, by, "  ")
    with pytest.raises(NotFoundError):
        service.comment("nothing", visit.id, "Hm", by=by, now=NOW)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE comments SET text = 'x'", "DELETE FROM comments", "TRUNCATE comments"],
)
def test_a_comment_cannot_be_changed(visit, session, statement):
    say(visit, make.user(Role.ADMIN).actor)
    with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
        session.execute(text(statement))
