from datetime import timedelta

import pytest

from app.booking import queries, service
from app.booking.errors import (
    HoldLostError,
    NotOfferedError,
    SlotFullError,
    StatusError,
)
from app.booking.states import Status
from app.booking.views import Holding, NewPlace, Once
from app.core.actor import SYSTEM
from app.core.errors import InputError
from tests import factories as make
from tests.factories import MONDAY, NOW, local

LATER = NOW + timedelta(minutes=11)


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    rao = make.resource(place, token_prefix="A")
    make.hours(place, rao, make.opd(tokens=1), make.open_time(make.time(14)))
    return rao


@pytest.fixture
def visit(session):
    return make.kind(minutes=30)


def hold(place, rao, visit, key="browser-1", now=NOW, hour=10):
    order = make.token_order(place, rao, visit, None, local(hour))
    return service.hold_token(order, Holding(key), by=SYSTEM, now=now)


def book(place, rao, visit, now=NOW):
    order = make.token_order(place, rao, visit, make.patient(), local(10))
    return service.book_token(order, by=SYSTEM, now=now)


class TestHold:
    def test_keeps_the_place_without_a_number(self, place, rao, visit):
        held = hold(place, rao, visit)

        with pytest.raises(SlotFullError):
            book(place, rao, visit)

        assert (held.status, held.token) == (Status.HELD, None)

    def test_gives_way_at_once_when_it_has_run_out(self, place, rao, visit):
        hold(place, rao, visit)

        booked = book(place, rao, visit, now=LATER)

        assert booked.token == "A-01"

    def test_of_one_key_moves_with_a_new_choice(self, place, rao, visit):
        first = hold(place, rao, visit)

        hold(place, rao, visit, hour=11)

        assert queries.appointment(first.id, by=SYSTEM).status is Status.EXPIRED
        assert book(place, rao, visit).status is Status.SCHEDULED

    def test_that_ran_out_moves_nowhere(self, place, rao, visit):
        held = hold(place, rao, visit)

        with pytest.raises(HoldLostError):
            service.move(held.id, NewPlace(local(11)), by=SYSTEM, now=LATER)

    def test_lasts_longer_when_extended(self, place, rao, visit):
        held = hold(place, rao, visit)
        service.extend(held.id, 20, by=SYSTEM, now=NOW)

        with pytest.raises(SlotFullError):
            book(place, rao, visit, now=LATER)

    def test_that_ran_out_cannot_be_extended(self, place, rao, visit):
        held = hold(place, rao, visit)

        with pytest.raises(HoldLostError):
            service.extend(held.id, 20, by=SYSTEM, now=LATER)

    def test_let_go_frees_the_place(self, place, rao, visit):
        held = hold(place, rao, visit)

        service.release(held.id, by=SYSTEM, now=NOW)

        assert book(place, rao, visit).status is Status.SCHEDULED

    def test_of_open_time_gives_way_when_it_has_run_out(self, place, rao, visit):
        order = make.timed_order(place, rao, visit, None, local(14))
        service.hold_timed(order, Holding("k"), by=SYSTEM, now=NOW)

        order = make.timed_order(place, rao, visit, make.patient(), local(14))
        booked = service.book_timed(order, by=SYSTEM, now=LATER)

        assert booked.status is Status.SCHEDULED


class TestConfirm:
    def test_makes_a_booking_with_a_number(self, place, rao, visit):
        held, asha = hold(place, rao, visit), make.patient()

        booked = service.confirm(held.id, (asha.public_id,), by=SYSTEM, now=NOW)

        assert (booked.status, booked.token) == (Status.SCHEDULED, "A-01")
        assert [patient.name for patient in booked.patients] == ["Asha"]

    def test_takes_the_place_again_when_it_is_free_still(self, place, rao, visit):
        held, asha = hold(place, rao, visit), make.patient()

        booked = service.confirm(held.id, (asha.public_id,), by=SYSTEM, now=LATER)

        assert booked.status is Status.SCHEDULED
        assert queries.appointment(held.id, by=SYSTEM).status is Status.EXPIRED

    def test_books_once_however_often_it_comes(self, place, rao, visit):
        held, asha = hold(place, rao, visit), make.patient()
        once = Once("k", "f")
        first = service.confirm(
            held.id, (asha.public_id,), by=SYSTEM, now=LATER, once=once
        )

        again = service.confirm(
            held.id, (asha.public_id,), by=SYSTEM, now=LATER, once=once
        )

        assert again == first
        service.cancel(first.id, "ill", by=SYSTEM, now=LATER)
        with pytest.raises(HoldLostError):
            service.confirm(held.id, (asha.public_id,), by=SYSTEM, now=LATER)

    def test_is_told_when_the_place_is_gone(self, place, rao, visit):
        held, asha = hold(place, rao, visit), make.patient()
        book(place, rao, visit, now=LATER)

        with pytest.raises(HoldLostError):
            service.confirm(held.id, (asha.public_id,), by=SYSTEM, now=LATER)

    @pytest.mark.parametrize("now", [NOW, LATER])
    def test_gives_a_token_to_one_patient_and_not_to_several(
        self, place, rao, visit, now
    ):
        asha, ravi = make.patient(), make.patient("Ravi")
        order = make.token_order(place, rao, visit, asha, local(10))
        held = service.hold_token(order, Holding("k"), by=SYSTEM, now=NOW)

        with pytest.raises(InputError):
            service.confirm(held.id, (ravi.public_id,), by=SYSTEM, now=now)
        booked = service.confirm(held.id, (asha.public_id,), by=SYSTEM, now=now)

        assert [each.token for each in booked.participants] == ["A-01"]

    @pytest.mark.parametrize("now", [NOW, LATER])
    def test_gives_no_token_to_nobody(self, place, rao, visit, now):
        held = hold(place, rao, visit)

        with pytest.raises(InputError):
            service.confirm(held.id, (), by=SYSTEM, now=now)
        order = make.token_order(place, rao, visit, None, local(11))
        with pytest.raises(InputError):
            service.book_token(order, by=SYSTEM, now=NOW)

    def test_may_refuse_to_take_it_again(self, place, rao, visit):
        held, asha = hold(place, rao, visit), make.patient()

        with pytest.raises(HoldLostError):
            service.confirm(
                held.id, (asha.public_id,), by=SYSTEM, now=LATER, retake=False
            )


class TestRequest:
    def test_holds_its_place_until_decided(self, place, rao, visit):
        order = make.token_order(
            place, rao, visit, make.patient(), local(10), request=True
        )
        asked = service.book_token(order, by=SYSTEM, now=NOW)

        with pytest.raises(SlotFullError):
            book(place, rao, visit)

        assert (asked.status, asked.token) == (Status.REQUESTED, None)

    def test_approved_draws_its_number(self, place, rao, visit):
        order = make.token_order(
            place, rao, visit, make.patient(), local(10), request=True
        )
        asked = service.book_token(order, by=SYSTEM, now=NOW)

        approved = service.approve(asked.id, by=SYSTEM, now=NOW)

        assert (approved.status, approved.token) == (Status.SCHEDULED, "A-01")

    def test_denied_gives_its_place_back(self, place, rao, visit):
        order = make.token_order(
            place, rao, visit, make.patient(), local(10), request=True
        )
        asked = service.book_token(order, by=SYSTEM, now=NOW)

        denied = service.deny(asked.id, "no time", by=SYSTEM, now=NOW)

        assert (denied.status, denied.cancel_reason) == (Status.DENIED, "no time")
        assert book(place, rao, visit).status is Status.SCHEDULED

    def test_is_checked_again_when_approved(self, place, rao, visit):
        order = make.timed_order(
            place, rao, visit, make.patient(), local(14), request=True
        )
        asked = service.book_timed(order, by=SYSTEM, now=NOW)
        make.away(place, rao, local(13), 120)

        with pytest.raises(NotOfferedError):
            service.approve(asked.id, by=SYSTEM, now=NOW)

    def test_cannot_be_approved_twice(self, place, rao, visit):
        booked = book(place, rao, visit)

        with pytest.raises(StatusError):
            service.approve(booked.id, by=SYSTEM, now=NOW)

    def test_can_be_moved_and_stays_a_request(self, place, rao, visit):
        order = make.token_order(
            place, rao, visit, make.patient(), local(10), request=True
        )
        asked = service.book_token(order, by=SYSTEM, now=NOW)

        moved = service.move(asked.id, NewPlace(local(11)), by=SYSTEM, now=NOW)

        assert (moved.status, moved.token) == (Status.REQUESTED, None)


class TestCalendar:
    """The pages show a place whose hold ran out as free, before anybody acts."""

    def columns(self, place, rao, now):
        [told] = queries.day(place, [rao], MONDAY, by=SYSTEM, now=now)
        return told

    def test_shows_a_slot_free_again_when_its_hold_ran_out(self, session):
        place = make.facility()
        rao = make.resource(place)
        make.hours(place, rao, make.opd(tokens=2))
        order = make.token_order(place, rao, make.kind(), None, local(10))
        service.hold_token(order, Holding("k"), by=SYSTEM, now=NOW)

        live = self.columns(place, rao, NOW).slots[0]
        over = self.columns(place, rao, NOW + timedelta(hours=1)).slots[0]

        assert (live.taken, over.taken) == (1, 0)

    def test_shows_a_time_free_again_when_its_hold_ran_out(self, session):
        place = make.facility()
        rao = make.resource(place)
        make.hours(place, rao)
        order = make.timed_order(place, rao, make.kind(), None, local(10))
        service.hold_timed(order, Holding("k"), by=SYSTEM, now=NOW)

        live = self.columns(place, rao, NOW)
        over = self.columns(place, rao, NOW + timedelta(minutes=11))

        assert (len(live.visits), len(over.visits)) == (1, 0)
        assert (len(live.free), len(over.free)) == (2, 1)
