"""A place held for the waitlist is nobody's booking: leave takes it back."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select, update

from app.availability import queries as availability
from app.availability.views import NewMaintenance
from app.booking import queries, service
from app.booking.errors import HoldLostError
from app.booking.kinds import Fate, OfferIs, Policy, Waiting
from app.booking.models import Offer
from app.booking.states import Status
from app.booking.views import Handling, NewWaiting
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import InputError
from app.directory.kinds import ResourceKind
from app.notifications.kinds import Sending, Told
from app.notifications.models import Message
from tests import factories as make
from tests.factories import MONDAY, NOW, local
from tests.rooms.leave.ward import absent, again, at_present, item_of, register


def wait(place, visit, doctor, name="Asha", **fields):
    order = NewWaiting(
        place.public_id,
        make.patient(name).public_id,
        visit.public_id,
        MONDAY,
        MONDAY,
        doctor.public_id,
        earliest=time(15),
        **fields,
    )
    return service.join_waitlist(order, by=SYSTEM, now=NOW)


def waiting(place):
    return queries.waitlist(place, by=SYSTEM)


def messages(appointment):
    found = select(Message.kind).where(
        Message.appointment_id == appointment, Message.patient_id.is_not(None)
    )
    return db.session.scalars(found.order_by(Message.id)).all()


def maintain(place, doctor, handling):
    order = NewMaintenance(
        place.public_id, doctor.public_id, make.span(local(14), 180), "Service"
    )
    return service.plan_maintenance(order, handling, by=SYSTEM, now=NOW)


@pytest.fixture
def held(place, rao, visit):
    """Offer Asha a place with Dr Rao at three."""
    wait(place, visit, rao)
    service.offer_freed(by=SYSTEM, now=NOW)
    (entry,) = waiting(place)
    return entry.offer.appointment


def away(place, rao):
    return absent(place, rao, local(14), local(17))


class TestLeave:
    def test_takes_the_offer_back_and_lets_them_wait_on_in_their_place(
        self, place, rao, visit, held
    ):
        wait(place, visit, rao, "Later")

        away(place, rao)

        first, second = waiting(place)
        assert (first.patient.name, first.status) == ("Asha", Waiting.WAITING)
        assert (first.offer, second.patient.name) == (None, "Later")
        assert at_present(held).status is Status.EXPIRED

    def test_shows_it_apart_and_proposes_nothing_for_it(self, place, rao, held):
        told = away(place, rao)

        item = item_of(told, held)
        assert (item.fate, item.proposals, item.ordered) == (Fate.WITHDRAWN, (), None)
        assert register(place) == []

    def test_beside_a_booking_lists_that_alone_to_be_moved(
        self, place, rao, visit, held
    ):
        order = make.timed_order(place, rao, visit, make.patient(), local(14))
        booked = service.book_timed(order, by=SYSTEM, now=NOW)

        told = away(place, rao)

        fates = {each.appointment.id: each.fate for each in told.items}
        assert fates == {booked.id: Fate.WAITING, held.id: Fate.WITHDRAWN}

    def test_tells_who_was_told_of_the_offer(self, place, rao, held):
        away(place, rao)

        assert messages(held.id) == [Told.OFFERED, Told.WITHDRAWN]

    @pytest.mark.parametrize("status", [Sending.UNSENT, Sending.DEAD])
    def test_tells_nobody_whom_the_offer_never_reached(self, place, rao, held, status):
        db.session.execute(update(Message).values(status=status, due_at=None))

        away(place, rao)

        assert messages(held.id) == [Told.OFFERED]

    def test_leaves_an_offer_of_another_time_alone(self, place, rao, held):
        told = absent(place, rao, local(11), local(12))

        (entry,) = waiting(place)
        assert entry.offer.appointment.id == held.id
        assert told.items == ()

    def test_lets_nobody_say_yes_to_it_any_more(self, place, rao, held):
        offer = waiting(place)[0].offer.id
        away(place, rao)

        with pytest.raises(HoldLostError):
            service.accept_offer(offer, by=SYSTEM, now=NOW)

    def test_keeps_what_was_said_yes_to_as_a_booking_to_be_moved(
        self, place, rao, held
    ):
        service.accept_offer(waiting(place)[0].offer.id, by=SYSTEM, now=NOW)

        told = away(place, rao)

        assert item_of(told, held).fate is Fate.WAITING

    def test_lets_them_be_offered_a_place_elsewhere(self, place, rao, menon, visit):
        order = NewWaiting(
            place.public_id,
            make.patient("Anybody").public_id,
            visit.public_id,
            MONDAY,
            MONDAY,
            earliest=time(15),
        )
        service.join_waitlist(order, by=SYSTEM, now=NOW)
        service.offer_freed(by=SYSTEM, now=NOW)
        first = waiting(place)[0].offer.appointment.resource
        other = menon if first.id == rao.id else rao

        away(place, first)
        service.offer_freed(by=SYSTEM, now=NOW)

        assert waiting(place)[0].offer.appointment.resource.id == other.id

    def test_that_is_taken_back_offers_them_the_same_place_again(
        self, place, rao, held
    ):
        told = away(place, rao)
        service.undo_cascade(told.id, by=SYSTEM, now=NOW)

        service.offer_freed(by=SYSTEM, now=NOW + timedelta(minutes=1))

        found = db.session.scalars(select(Offer.status).order_by(Offer.id)).all()
        assert found == [OfferIs.WITHDRAWN, OfferIs.OPEN]
        assert waiting(place)[0].offer.appointment.span == held.span
        assert item_of(again(told), held).fate is Fate.WITHDRAWN


class TestMaintenance:
    @pytest.mark.parametrize("policy", list(Policy))
    def test_goes_round_no_place_that_nobody_has(self, place, rao, held, policy):
        told = maintain(place, rao, Handling(policy))

        assert item_of(told, held).fate is Fate.WITHDRAWN
        window = make.span(local(14), 180)
        shut = availability.maintenance(place, window, by=SYSTEM, resource=rao)
        assert [each.span for each in shut] == [window]
        assert messages(held.id) == [Told.OFFERED, Told.WITHDRAWN]

    def test_lets_nobody_decide_about_it(self, place, rao, held):
        handling = Handling(Policy.MOVE, {held.id: Policy.AROUND})

        with pytest.raises(InputError):
            maintain(place, rao, handling)


def test_a_room_that_is_shut_takes_back_what_is_offered_with_it(place, session):
    """The doctor is there; the room that the visit needs is not."""
    room = make.resource(place, ResourceKind.ROOM, name="Room 1")
    doctor = make.resource(place, name="Dr Nair")
    for each in (room, doctor):
        make.hours(place, each)
    wait(place, make.kind(requires_room=True), doctor)
    service.offer_freed(by=SYSTEM, now=NOW)
    held = waiting(place)[0].offer.appointment

    told = maintain(place, room, Handling(Policy.NOTIFY))

    assert item_of(told, held).fate is Fate.WITHDRAWN
    assert waiting(place)[0].offer is None
