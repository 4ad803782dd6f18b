"""What a patient is told and offered on the page of their visit, and their answer."""

from datetime import timedelta

import pytest
import time_machine

from app.booking import queries
from app.booking import service as booking
from app.booking.states import Status
from app.booking.views import NewPlace
from app.core.actor import SYSTEM
from app.directory import service as places
from app.notifications.kinds import Told
from app.notifications.models import Message
from tests.doors import people, strict
from tests.doors.visits import secret_of, waiting_offer
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def stranger(app, world):
    return people.stranger(app)


@pytest.fixture
def offer(world):
    return waiting_offer(world)


def words(answer):
    return strict.words(strict.page(answer))


def state(told):
    return queries.appointment(told.id, by=SYSTEM).status


def answer(stranger, told, how):
    answered = stranger.post(f"/a/{secret_of(told)}/{how}")
    if answered.status_code != 303:
        return answered
    return stranger.get(answered.location)


class TestARequest:
    def test_is_told_as_offered_another_time_and_taken_there(self, stranger, world):
        asked = booking.offer_place(
            world.asked.id, NewPlace(local(11)), by=SYSTEM, now=NOW
        )
        page = words(stranger.get(f"/a/{secret_of(asked)}"))
        assert "instead of the one you asked for" in page
        assert "I wait on" not in page

        assert "the place is yours" in words(answer(stranger, asked, "accept"))
        assert "Your visit is booked" in words(answer(stranger, asked, "accept"))
        assert state(asked) is Status.SCHEDULED

    def test_is_told_as_agreed_or_not(self, stranger, world):
        address = f"/a/{secret_of(world.asked)}"
        refused = answer(stranger, world.asked, "accept")
        assert refused.status_code == 409

        booking.deny(world.asked.id, "Not our field", by=SYSTEM, now=NOW)

        denied = stranger.get(address)
        assert "could not agree" in words(denied)
        assert 'href="/book/kochi"' in denied.text


class TestAPlaceOfTheWaitlist:
    def test_is_told_of_with_the_address_to_answer_at(self, session, offer):
        found = session.query(Message).filter_by(appointment_id=offer.id)

        (told,) = (each for each in found if each.kind is Told.OFFERED)
        assert told.data["secret"] == secret_of(offer)

    def test_is_told_with_its_end_and_taken_once(self, stranger, offer):
        page = words(stranger.get(f"/a/{secret_of(offer)}"))
        assert "It is kept for you until 09:00" in page

        for _ in range(2):
            assert "the place is yours" in words(answer(stranger, offer, "accept"))

        assert state(offer) is Status.SCHEDULED

    def test_is_declined_and_they_wait_on(self, stranger, world, offer):
        for _ in range(2):
            told = words(answer(stranger, offer, "decline"))
            assert "stay on the waiting list" in told

        assert state(offer) is Status.EXPIRED
        assert len(queries.waitlist(world.kochi, by=SYSTEM)) == 1
        assert answer(stranger, offer, "accept").status_code == 409

    def test_is_no_offer_once_its_time_is_over(self, stranger, offer):
        with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
            late = answer(stranger, offer, "accept")

        assert late.status_code == 409
        assert "kept for you no more" in words(late)

    def test_is_asked_for_still_where_somebody_must_approve(
        self, stranger, world, offer
    ):
        visit = world.visit
        order = places.TypeChange(
            visit.code, visit.name, visit.category, 30, needs_approval=True
        )
        places.change_type(visit.public_id, order, by=SYSTEM, now=NOW)

        assert "You asked for this visit" in words(answer(stranger, offer, "accept"))
        assert state(offer) is Status.REQUESTED


def test_nobodys_secret_answers_nothing(stranger):
    for how in ("accept", "decline"):
        assert stranger.post(f"/a/{'0' * 32}/{how}").status_code == 404
