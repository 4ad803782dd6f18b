"""The auditor finds every kind of fault: each is planted, past the constraints."""

import pytest

from app.booking import service
from app.booking.views import NewWaiting, Override
from app.core.actor import SYSTEM
from tests import factories as make
from tests.factories import NOW, local
from tests.ops.audited import row


def test_what_is_as_it_should_be_has_no_fault(world):
    service.cancel(world.later.id, "ill", by=SYSTEM, now=NOW)
    service.no_show(world.token.id, by=SYSTEM, now=NOW)
    world.hold(16)

    assert world.faults() == {}


def test_two_claims_of_one_unit_are_an_overlap(world):
    world.plant(
        "ALTER TABLE booking_resources DROP CONSTRAINT ex_booking_resources_one_place",
        "UPDATE booking_resources SET during = o.during, claimed = o.claimed"
        " FROM booking_resources o"
        f" WHERE o.appointment_id = {row(world.timed)}"
        f" AND booking_resources.appointment_id = {row(world.later)}",
    )

    assert world.faults()["overlaps"] == 1


def test_a_booking_over_a_token_slot_is_an_overlap(world):
    world.plant(
        "ALTER TABLE booking_resources DROP CONSTRAINT ex_booking_resources_one_place",
        "UPDATE booking_resources SET during = o.during, claimed = o.claimed"
        " FROM booking_resources o WHERE o.token_slot_id IS NOT NULL"
        f" AND booking_resources.appointment_id = {row(world.later)}",
    )

    assert world.faults()["overlaps"] == 1


def test_more_at_once_than_there_are_units_is_over_capacity(world):
    number = world.chairs.id
    world.plant(f"UPDATE resources SET capacity = 1 WHERE id = {number}")

    assert world.faults() == {"over capacity": 2}


def test_more_tokens_than_a_slot_has_are_over_capacity(world):
    world.book_token()
    world.plant("UPDATE token_slots SET capacity = 2, taken = 2")
    assert world.faults() == {}

    world.plant(
        "ALTER TABLE token_slots DROP CONSTRAINT ck_token_slots_taken",
        "UPDATE token_slots SET capacity = 1",
    )

    assert world.faults() == {"over capacity": 1}


def test_a_number_given_twice_is_a_duplicate(world):
    world.plant(
        "ALTER TABLE tokens DROP CONSTRAINT uq_tokens_series_id_number",
        "INSERT INTO tokens (series_id, number) SELECT series_id, number FROM tokens",
    )

    assert world.faults() == {"duplicate numbers": 1}


def test_a_number_of_two_people_is_a_duplicate(world):
    world.plant(
        "ALTER TABLE participants DROP CONSTRAINT uq_participants_token_id",
        "UPDATE participants SET token_id = (SELECT min(id) FROM tokens)"
        f" WHERE appointment_id = {row(world.timed)}",
    )

    assert world.faults() == {"duplicate numbers": 1}


def test_a_number_about_to_be_given_again_is_a_duplicate(world):
    world.plant("UPDATE token_series SET last = 0")

    assert world.faults() == {"duplicate numbers": 1}


def test_a_token_without_a_number_is_found(world):
    world.plant("UPDATE participants SET token_id = NULL")

    assert world.faults() == {"not one patient": 1}


def test_a_token_for_two_is_found(world):
    world.plant(
        f"UPDATE participants SET appointment_id = {row(world.token)}"
        f" WHERE appointment_id = {row(world.timed)}"
    )

    assert world.faults() == {"not one patient": 1}


def test_a_claim_whose_booking_is_off_is_an_orphan(world):
    world.plant(
        f"UPDATE appointments SET status = 'cancelled' WHERE id = {row(world.timed)}"
    )

    found = world.faults()
    assert found["orphan claims"] == 1
    # All together and of its type.
    assert found["wrong counters"] == 2


def test_the_claim_of_an_empty_slot_is_an_orphan(world):
    world.plant(
        f"UPDATE appointments SET status = 'cancelled' WHERE id = {row(world.token)}"
    )

    assert world.faults()["orphan claims"] == 1


@pytest.mark.parametrize("owner", ["timed", "token"])
def test_a_booking_that_holds_no_place_is_found(world, owner):
    which = {
        "timed": f"appointment_id = {row(world.timed)}",
        "token": "token_slot_id IS NOT NULL",
    }
    world.plant(f"UPDATE booking_resources SET active = false WHERE {which[owner]}")

    assert set(world.faults()) == {"places not held"}


def test_a_closed_slot_gives_its_time_up_with_only_visits_in_it_that_are_over(world):
    service.no_show(world.token.id, by=SYSTEM, now=NOW)
    world.book_over_slots(10)
    assert world.faults() == {}

    world.plant(
        f"UPDATE appointments SET status = 'scheduled' WHERE id = {row(world.token)}"
    )

    assert world.faults() == {"places not held": 1}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE token_slots SET taken = taken + 1",
        "UPDATE daily_loads SET used = used + 1 WHERE id = 1",
        "DELETE FROM daily_loads WHERE id = 1",
    ],
)
def test_a_counter_that_is_wrong_is_found(world, statement):
    world.plant(statement)

    assert world.faults() == {"wrong counters": 1}


@pytest.fixture
def doubled(world):
    """A booking that stands beside `timed` with leave."""
    return world.book(world.doctor, 14, double_book=Override("twins"))


def test_a_double_booking_with_leave_is_no_fault(world, doubled):
    assert world.faults() == {}

    service.cancel(world.timed.id, "ill", by=SYSTEM, now=NOW)

    assert world.faults() == {}


def test_a_double_booking_that_nobody_approved_is_found(world, doubled):
    world.plant("DELETE FROM resource_conflicts")

    assert world.faults() == {"overrides without leave": 1}


def test_an_override_without_a_reason_is_found(world, doubled):
    world.plant(
        "ALTER TABLE booking_resources DROP CONSTRAINT ck_booking_resources_override",
        "UPDATE booking_resources SET override_reason = NULL",
    )

    assert world.faults() == {"overrides without leave": 1}


def test_an_override_that_outlived_its_rival_is_found(world, doubled):
    service.cancel(world.timed.id, "ill", by=SYSTEM, now=NOW)
    world.plant(
        "UPDATE booking_resources SET overridden = true, override_by = 'user:1',"
        f" override_reason = 'twins' WHERE appointment_id = {row(doubled)}"
    )

    assert world.faults() == {"overrides without leave": 1}


def test_who_stands_beside_an_override_alone_is_a_plain_booking(world):
    longer = world.book(
        world.doctor, 15, ends_at=local(16), double_book=Override("twins")
    )
    order = make.timed_order(
        world.place,
        world.doctor,
        world.visit,
        make.patient(),
        local(15, 30),
        double_book=Override("a sister"),
    )
    beside = service.book_timed(order, by=SYSTEM, now=NOW)

    assert world.faults() == {}
    service.cancel(world.later.id, "ill", by=SYSTEM, now=NOW)
    assert world.faults() == {}
    service.cancel(beside.id, "ill", by=SYSTEM, now=NOW)
    assert world.faults() == {}
    service.cancel(longer.id, "ill", by=SYSTEM, now=NOW)
    assert world.faults() == {}


def test_an_override_among_several_units_is_left_while_one_moment_is_full(world):
    world.book(world.chairs, 10, double_book=Override("twins"))
    assert world.faults() == {}

    world.plant(f"UPDATE resources SET capacity = 3 WHERE id = {world.chairs.id}")

    assert world.faults() == {"overrides without leave": 1}


def test_an_offer_that_is_gone_is_found(world):
    order = NewWaiting(
        world.place.public_id,
        make.patient().public_id,
        world.visit.public_id,
        first_day=make.MONDAY,
        last_day=make.MONDAY,
    )
    service.join_waitlist(order, by=SYSTEM, now=NOW)
    assert world.faults() == {}

    world.plant("UPDATE waitlist_entries SET status = 'offered'")

    assert world.faults() == {"lost offers": 1}
