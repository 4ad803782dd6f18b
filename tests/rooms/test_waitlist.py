from datetime import time, timedelta

import pytest
from sqlalchemy import select, update

from app.accounts.permissions import Role
from app.booking import queries, service, waitlist
from app.booking.errors import (
    HoldLostError,
    NotOfferedError,
    SlotTakenError,
    StatusError,
)
from app.booking.kinds import Kind, OfferIs, Waiting
from app.booking.models import Offer
from app.booking.setting import NewRule
from app.booking.states import Status
from app.booking.views import Holding, NewPlace, NewWaiting, Repeat
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import ForbiddenError, InputError
from app.directory import service as directory
from app.patients.models import Patient
from tests import factories as make
from tests.factories import MONDAY, NOW, local

LATER = NOW + timedelta(minutes=31)


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def medicine(place):
    return directory.add_department(place, "Medicine", by=SYSTEM, now=NOW)


@pytest.fixture
def rao(place, medicine):
    """Let Dr Rao have one half hour a day."""
    rao = make.resource(place, department_id=medicine.id)
    make.hours(place, rao, make.open_time(time(14), time(14, 30)))
    return rao


@pytest.fixture
def visit(session):
    return make.kind(minutes=30)


@pytest.fixture
def taken(place, rao, visit):
    order = make.timed_order(place, rao, visit, make.patient("First"), local(14))
    return service.book_timed(order, by=SYSTEM, now=NOW)


def wait(place, visit, rao=None, name="Asha", **fields):
    who = make.patient(name)
    fields = {"first_day": MONDAY, "last_day": MONDAY} | fields
    order = NewWaiting(
        facility_id=place.public_id,
        patient_id=who.public_id,
        type_id=visit.public_id,
        resource_id=rao.public_id if rao else None,
        **fields,
    )
    return service.join_waitlist(order, by=SYSTEM, now=NOW)


def offers(place):
    """Tell who is offered a place at this moment."""
    found = waitlist.entries(place, by=SYSTEM)
    return {each.patient.name: each.offer for each in found if each.offer}


def cancel(told, now=NOW):
    service.cancel(told.id, "ill", by=SYSTEM, now=now)


class TestOffer:
    def test_is_made_when_a_place_frees_and_holds_it(self, place, rao, visit, taken):
        wait(place, visit, rao)
        cancel(taken)

        (offer,) = offers(place).values()

        assert offer.appointment.status is Status.HELD
        assert offer.appointment.span == taken.span
        order = make.timed_order(place, rao, visit, make.patient(), local(14))
        with pytest.raises(SlotTakenError):
            service.book_timed(order, by=SYSTEM, now=NOW)

    def test_goes_to_the_highest_priority_and_then_to_the_first(
        self, place, rao, visit, taken
    ):
        wait(place, visit, rao, "Late")
        wait(place, visit, rao, "Urgent", priority=5)
        wait(place, visit, rao, "Later", priority=5)

        cancel(taken)

        assert set(offers(place)) == {"Urgent"}

    @pytest.mark.parametrize(
        "wish",
        [
            {"earliest": time(15)},
            {"latest": time(14, 15)},
            {"weekdays": (1, 2)},
            {
                "first_day": MONDAY + timedelta(days=7),
                "last_day": MONDAY + timedelta(days=9),
            },
        ],
    )
    def test_is_not_made_of_what_is_not_wished(self, place, rao, visit, taken, wish):
        wait(place, visit, rao, **wish)

        cancel(taken)

        assert offers(place) == {}

    def test_is_not_made_of_another_doctor(self, place, visit, taken):
        wait(place, visit, make.resource(place))

        cancel(taken)

        assert offers(place) == {}

    def test_fits_a_department(self, place, medicine, visit, taken):
        surgery = directory.add_department(place, "Surgery", by=SYSTEM, now=NOW)
        wait(place, visit, name="Elsewhere", department_id=surgery.public_id)
        wait(place, visit, name="Here", department_id=medicine.public_id)

        cancel(taken)

        assert set(offers(place)) == {"Here"}

    def test_passes_over_whom_a_rule_refuses(self, place, rao, visit, taken):
        wait(place, visit, rao, "Old")
        wait(place, visit, rao, "Young")
        for name, year in (("Old", 1940), ("Young", 2015)):
            born = update(Patient).where(Patient.name == name).values(birth_year=year)
            db.session.execute(born)
        service.add_rule(NewRule("age_range", {"most": 18}), by=SYSTEM, now=NOW)

        cancel(taken)

        assert set(offers(place)) == {"Young"}

    def test_is_made_of_a_token_slot_too(self, place, visit):
        doctor = make.resource(place)
        make.hours(place, doctor, make.opd(end=time(10, 30), tokens=1))
        order = make.token_order(place, doctor, visit, make.patient(), local(10))
        booked = service.book_token(order, by=SYSTEM, now=NOW)
        wait(place, visit, doctor)

        cancel(booked)

        (offer,) = offers(place).values()
        assert offer.appointment.kind is Kind.TOKEN
        told = service.accept_offer(offer.id, by=SYSTEM, now=NOW)
        assert told.token == "A-02"

    def test_is_made_of_a_place_left_by_a_move(self, place, rao, visit, taken):
        wait(place, visit, rao)
        to = NewPlace(local(14) + timedelta(days=1))

        service.move(taken.id, to, by=SYSTEM, now=NOW)

        assert set(offers(place)) == {"Asha"}

    def test_waits_until_a_whole_series_has_moved(self, place, rao, visit):
        order = make.timed_order(place, rao, visit, make.patient(), local(14))
        repeat = Repeat(occurrences=3)
        series = service.book_series(order, repeat, by=SYSTEM, now=NOW)
        wait(place, visit, rao, last_day=MONDAY + timedelta(days=40), weekdays=(0,))
        to = NewPlace(local(14) + timedelta(days=7))

        moved = service.move_following(
            series.occurrences[0].appointment.id, to, by=SYSTEM, now=NOW
        )

        assert [each.code for each in moved.occurrences] == [None] * 3
        assert offers(place)["Asha"].appointment.span.start == local(14)

    def test_keeps_an_undo_from_taking_the_place_back(self, place, rao, visit, taken):
        wait(place, visit, rao)
        cancel(taken)

        with pytest.raises(SlotTakenError):
            service.undo(taken.id, by=SYSTEM, now=NOW)


class TestAnswer:
    @pytest.fixture
    def offer(self, place, rao, visit, taken):
        wait(place, visit, rao, "Asha")
        wait(place, visit, rao, "Ravi")
        cancel(taken)
        return offers(place)["Asha"]

    def test_accepted_is_a_booking(self, offer, place):
        told = service.accept_offer(offer.id, by=SYSTEM, now=NOW)

        assert told.status is Status.SCHEDULED
        assert [each.name for each in told.patients] == ["Asha"]
        left = waitlist.entries(place, by=SYSTEM)
        assert [each.patient.name for each in left] == ["Ravi"]

    def test_accepted_twice_is_one_booking(self, offer):
        service.accept_offer(offer.id, by=SYSTEM, now=NOW)

        with pytest.raises(StatusError):
            service.accept_offer(offer.id, by=SYSTEM, now=NOW)

    def test_declined_goes_to_the_next_and_not_back(self, offer, place):
        service.decline_offer(offer.id, by=SYSTEM, now=NOW)
        second = offers(place)
        service.decline_offer(second["Ravi"].id, by=SYSTEM, now=NOW)

        assert set(second) == {"Ravi"}
        assert offers(place) == {}

    def test_too_late_is_lost_and_the_next_is_offered_it(self, offer, place):
        with pytest.raises(HoldLostError):
            service.accept_offer(offer.id, by=SYSTEM, now=LATER)

        made = service.offer_freed(by=SYSTEM, now=LATER)

        assert set(offers(place)) == {"Ravi"}
        assert made == 0
        status = select(Offer.status).where(Offer.public_id == offer.id)
        assert db.session.scalar(status) is OfferIs.LAPSED

    def test_of_a_time_that_is_offered_no_more_is_not_accepted(self, offer, place, rao):
        make.away(place, rao, local(13), 120)

        with pytest.raises(NotOfferedError):
            service.accept_offer(offer.id, by=SYSTEM, now=NOW)

    def test_declined_cannot_be_accepted(self, offer):
        service.decline_offer(offer.id, by=SYSTEM, now=NOW)

        with pytest.raises(HoldLostError):
            service.accept_offer(offer.id, by=SYSTEM, now=NOW)


class TestSweep:
    def test_offers_what_is_free_anyhow(self, place, rao, visit):
        wait(place, visit, rao)

        made = service.offer_freed(by=SYSTEM, now=NOW)
        again = service.offer_freed(by=SYSTEM, now=NOW)

        assert (made, again) == (1, 0)

    def test_of_one_facility_asks_nobody_of_another(self, place, rao, visit):
        wait(place, visit, rao)
        desk = make.user(Role.RECEPTION, place).actor

        elsewhere = service.offer_freed(make.facility().public_id, by=SYSTEM, now=NOW)
        here = service.offer_freed(place.public_id, by=desk, now=NOW)

        assert (elsewhere, here) == (0, 1)

    def test_of_one_facility_lets_lapse_what_is_late_there(self, place, rao, visit):
        wait(place, visit, rao)
        wait(place, visit, rao, "Ravi")
        service.offer_freed(by=SYSTEM, now=NOW)

        service.offer_freed(make.facility().public_id, by=SYSTEM, now=LATER)
        before = set(offers(place))
        service.offer_freed(place.public_id, by=SYSTEM, now=LATER)

        assert (before, set(offers(place))) == ({"Asha"}, {"Ravi"})

    def test_of_all_facilities_is_not_for_the_desk_of_one(self, place):
        desk = make.user(Role.RECEPTION, place).actor

        with pytest.raises(ForbiddenError):
            service.offer_freed(by=desk, now=NOW)

    def test_offers_what_a_hold_left(self, place, rao, visit):
        held = make.timed_order(place, rao, visit, None, local(14))
        service.hold_timed(held, Holding("key"), by=SYSTEM, now=NOW)
        wait(place, visit, rao)

        before = service.offer_freed(by=SYSTEM, now=NOW)
        after = service.offer_freed(by=SYSTEM, now=NOW + timedelta(minutes=11))

        assert (before, after) == (0, 1)


class TestEntry:
    def test_that_leaves_gives_back_what_was_held_for_it(
        self, place, rao, visit, taken
    ):
        entry = wait(place, visit, rao)
        cancel(taken)

        service.leave_waitlist(entry.id, by=SYSTEM, now=NOW)

        order = make.timed_order(place, rao, visit, make.patient(), local(14))
        assert service.book_timed(order, by=SYSTEM, now=NOW)
        assert waitlist.entries(place, by=SYSTEM) == []

    def test_that_has_its_booking_does_not_leave(self, place, rao, visit, taken):
        entry = wait(place, visit, rao)
        cancel(taken)
        service.accept_offer(offers(place)["Asha"].id, by=SYSTEM, now=NOW)

        with pytest.raises(StatusError):
            service.leave_waitlist(entry.id, by=SYSTEM, now=NOW)

    @pytest.mark.parametrize(
        "wish",
        [
            {"last_day": MONDAY - timedelta(days=1)},
            {"weekdays": ()},
            {"weekdays": (7,)},
            {"earliest": time(12), "latest": time(12)},
            {"priority": 10},
        ],
    )
    def test_that_cannot_be_right_is_refused(self, place, visit, wish):
        with pytest.raises(InputError):
            wait(place, visit, **wish)

    def test_waits_as_long_as_nothing_is_offered(self, place, visit):
        entry = wait(place, visit)

        assert (entry.status, entry.offer) == (Waiting.WAITING, None)


def test_a_held_offer_is_seen_like_any_hold(place, rao, visit, taken):
    wait(place, visit, rao)
    cancel(taken)
    offer = offers(place)["Asha"]

    told = queries.appointment(offer.appointment.id, by=SYSTEM)

    assert (told.status, told.channel) == (Status.HELD, "waitlist")
