"""Comments: by whoever may see the object, and never changed."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.accounts.permissions import Role
from app.audit import queries, service
from app.booking import queries as booking
from app.core.errors import InputError, NotFoundError
from tests import factories as make
from tests.factories import NOW
from tests.rooms import acts_queues as acts
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


# The rest of the kinds stand in tests/doors/test_api_comments.py.
OTHERS = {
    "cascade": lambda c: people.struck(c).id,
    "displacement": lambda c: people.displacement(c).id,
    "procedure": people.planned,
    "patient": lambda c: c.asha.public_id,
    "series": lambda c: booking.appointment(people.serial(c), by=make.SYSTEM).series_id,
    "user": lambda c: make.user().public_id,
    "waitlist_entry": lambda c: people.waiting(c).id,
    "appointment_type": lambda c: c.visit.public_id,
    "queue": acts.queue,
    "queue_entry": acts.entry,
    "counter": lambda c: acts.counter(c, make.SYSTEM).id,
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_kinds_are_spoken_of_by_who_may_see_them(session, kind):
    number = OTHERS[kind](people.assemble())

    with pytest.raises(NotFoundError):
        service.comment(kind, number, "Hm", by=people.STRANGER, now=NOW)
    service.comment(kind, number, "Hm", by=make.SYSTEM, now=NOW)

    told = queries.talk(kind, number, by=make.SYSTEM)
    assert (told.about.trail, told.comments[0].text) == (True, "Hm")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE comments SET text = 'x'", "DELETE FROM comments", "TRUNCATE comments"],
)
def test_a_comment_cannot_be_changed(visit, session, statement):
    say(visit, make.user(Role.ADMIN).actor)
    with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
        session.execute(text(statement))
