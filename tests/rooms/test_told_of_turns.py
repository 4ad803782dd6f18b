"""Patients hear that their turn is near, of another time, and are asked how it was."""

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from app.booking import own_queries
from app.booking import queries as bookings
from app.booking import service as booking
from app.booking.states import Status
from app.booking.views import NewPlace
from app.core.actor import SYSTEM
from app.core.db import transaction
from app.notifications import house as houses
from app.notifications import queries as messages
from app.notifications import sending, wording
from app.notifications.kinds import Channel, Told
from app.notifications.models import Message
from app.queues import service
from tests.doors.statements import statements
from tests.factories import NOW, local
from tests.rooms import cast as people
from tests.rooms.lobby import MINUTE, TEN, open_lobby

HALF_PAST = local(9, 30)


@pytest.fixture
def lobby(session):
    return open_lobby()


@pytest.fixture
def told(session):
    def read(kind):
        found = select(Message).where(Message.kind == kind).order_by(Message.id)
        return list(session.scalars(found))

    return read


@pytest.fixture
def six(lobby):
    """Let six come who have a number each; nobody is called yet."""
    return [lobby.booked(HALF_PAST + n * MINUTE, f"Patient {n}") for n in range(1, 7)]


@pytest.fixture
def house(app):
    """Give the house an address for links, or none, until the test is over."""
    settings = app.extensions["baari.settings"]
    yield lambda url: houses.use(replace(settings, url=url, demo=False))
    houses.use(settings)


def near(told):
    return [(m.data["token"], m.data["ahead"]) for m in told(Told.NEAR)]


class TestNear:
    def test_who_comes_to_a_short_line_sees_it_and_is_not_told(self, six, told):
        assert near(told) == []

    def test_who_moves_up_is_told_when_three_are_before_them(self, lobby, six, told):
        lobby.call(six[0], TEN)
        assert near(told) == [("A-05", 3)]

        lobby.call(six[0], TEN + MINUTE)
        assert near(told) == [("A-05", 3), ("A-06", 3)]
        assert told(Told.NEAR)[0].data["with"] == lobby.rao.name

    def test_it_costs_a_statement_where_somebody_is_told_and_else_none(
        self, lobby, six, told
    ):
        costs = [
            statements(lambda at=n: lobby.call(six[0], TEN + at * MINUTE))
            for n in range(4)
        ]

        assert len(near(told)) == 2
        assert costs[1] == costs[2] + 1

    def test_once_however_often_they_go_back_and_forth(self, lobby, six, told):
        entry = lobby.call(six[0], TEN)
        service.undo(entry.id, by=lobby.meena, now=TEN + MINUTE)
        lobby.call(six[0], TEN + 2 * MINUTE)

        assert near(told) == [("A-05", 3)]

    def test_whoever_leaves_lets_the_next_come_near(self, lobby, six, told):
        booking.cancel(six[1].appointment_id, "Ill", by=SYSTEM, now=TEN)

        assert near(told) == [("A-05", 3)]

    def test_what_is_undone_with_its_act_is_not_told(self, lobby, six, told):
        def fail():
            with transaction():
                lobby.call(six[0], TEN)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert near(told) == []

        lobby.call(six[0], TEN)
        assert near(told) == [("A-05", 3)]


class TestHowWasIt:
    def test_it_is_asked_once_when_the_visit_is_done(self, lobby, six, told):
        first = six[0]
        service.start(first.id, by=lobby.meena, now=TEN)
        assert told(Told.FEEDBACK) == []
        for again in range(2):
            service.complete(first.id, by=lobby.meena, now=TEN + MINUTE)
            if not again:
                booking.undo(first.appointment_id, by=lobby.meena, now=TEN + 2 * MINUTE)

        (asked,) = told(Told.FEEDBACK)
        secrets = own_queries.addresses(first.appointment_id, by=SYSTEM)
        assert [asked.data["secret"]] == list(secrets.values())

    def test_nobody_who_reads_along_learns_the_secret(self, lobby, six, told):
        service.start(six[0].id, by=lobby.meena, now=TEN)
        service.complete(six[0].id, by=lobby.meena, now=TEN)
        secret = told(Told.FEEDBACK)[0].data["secret"]

        read = bookings.messages(six[0].appointment_id, by=SYSTEM)

        assert Told.FEEDBACK in {each.kind for each in read}
        assert secret not in str(read)

    def test_staff_read_it_without_the_secret_and_the_patient_with(
        self, lobby, six, told, house
    ):
        house("https://book.example")
        service.start(six[0].id, by=lobby.meena, now=TEN)
        service.complete(six[0].id, by=lobby.meena, now=TEN)

        listed = messages.outbox(lobby.place, by=SYSTEM)

        (asked,) = [e for e in listed if e.message.kind is Told.FEEDBACK]
        assert "thank you for your visit" in asked.text
        assert asked.text.endswith("https://book.example/a/…")
        data = told(Told.FEEDBACK)[0].data
        text = wording.load(lobby.place.id).of(Told.FEEDBACK, "ml", Channel.SMS)
        assert wording.say(text, data, lobby.place).endswith(f"/a/{data['secret']}")

    def test_without_an_address_to_link_to_it_is_not_sent(self, lobby, six, house):
        house("")
        service.start(six[0].id, by=lobby.meena, now=TEN)
        service.complete(six[0].id, by=lobby.meena, now=TEN)
        while sending.send_one(now=TEN):
            pass

        listed = messages.outbox(lobby.place, by=SYSTEM)

        (asked,) = [e for e in listed if e.message.kind is Told.FEEDBACK]
        assert asked.tries[0].words == "no_url"


class TestAnotherTime:
    def test_is_told_as_an_offer_and_to_staff_as_a_move(self, session):
        cast = people.assemble()
        order = replace(cast.timed, request=True)
        asked = booking.book_timed(order, by=SYSTEM, now=NOW)

        booking.offer_place(asked.id, NewPlace(local(16)), by=SYSTEM, now=NOW)

        found = bookings.messages(asked.id, by=SYSTEM)[-2:]
        assert [(each.kind, each.recipient) for each in found] == [
            (Told.PROPOSED, "patient"),
            (Told.MOVED, "role"),
        ]
        assert found[0].data["was_starts_at"] == asked.span.start.isoformat()
        assert asked.status is Status.REQUESTED
