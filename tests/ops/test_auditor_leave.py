"""The auditor finds what leave must not do: each is planted, past the services."""

import pytest

from app.booking import service
from app.booking.views import Absence, Chosen
from app.core.actor import SYSTEM
from tests.factories import NOW, local


@pytest.fixture
def away(world):
    """Leave over a booking of two o'clock, for whom places are held."""
    order = Absence(world.place.public_id, world.doctor.public_id, local(15), local(14))
    return service.mark_absent(order, by=SYSTEM, now=NOW)


def move(told):
    (item,) = told.items
    chosen = [Chosen(item.appointment.id, item.proposals[0].id)]
    return service.apply_proposals(told.id, chosen, by=SYSTEM, now=NOW)


def undo(told):
    return service.undo_cascade(told.id, by=SYSTEM, now=NOW)


def test_leave_that_is_settled_and_taken_back_has_no_fault(world, away):
    assert world.faults() == {}

    move(away)
    assert world.faults() == {}

    undo(away)
    assert world.faults() == {}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM resource_conflicts",
        "DELETE FROM cascade_proposals; DELETE FROM cascade_items",
    ],
)
def test_a_booking_in_leave_that_nobody_knows_of_is_forgotten(world, away, statement):
    world.plant(*statement.split("; "))

    assert world.faults()["forgotten in leave"] == 1


@pytest.mark.parametrize(
    "changed",
    ["fate = 'moved'", "fate = 'listed'", "fate = 'returned'"],
)
def test_what_was_settled_only_in_name_is_found(world, away, changed):
    world.plant(f"UPDATE cascade_items SET {changed}")

    assert world.faults()["settled only in name"] == 1


def test_work_that_nobody_did_is_found(world, away):
    world.plant("UPDATE cascade_items SET order_id = (SELECT id FROM cascade_orders)")

    assert world.faults() == {"ordered and not done": 1}


def test_what_was_taken_and_is_told_to_wait_is_found(world, away):
    move(away)
    world.plant("UPDATE cascade_items SET fate = 'waiting'")

    assert world.faults() == {"settled only in name": 1}


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE cascade_proposals SET status = 'released'", 2),
        ("UPDATE cascade_items SET fate = 'stays'", 2),
        ("DELETE FROM cascade_proposals", 2),
    ],
)
def test_what_is_held_for_nobody_is_found(world, away, statement, number):
    world.plant(statement)

    assert world.faults() == {"proposals not let go": number}


def test_leave_that_is_undone_and_stands_is_found(world, away):
    move(away)
    undo(away)

    world.plant("UPDATE availability_exceptions SET revoked_at = NULL")

    assert world.faults()["undone and not over"] == 1


def test_what_undone_leave_claims_still_is_found(world, away):
    undo(away)

    world.plant(
        "UPDATE booking_resources SET active = true WHERE id = (SELECT min(b.id)"
        " FROM booking_resources b JOIN cascade_proposals p"
        " ON p.hold_id = b.appointment_id)"
    )

    assert world.faults() == {"undone and not over": 1, "orphan claims": 1}
