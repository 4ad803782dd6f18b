"""What is more urgent, under rivals with real commits: none lost, none on another."""

import pytest
from sqlalchemy import text

from app.booking import displacement_queries as queries
from app.booking import service
from app.booking.kinds import Priority, Rebook
from app.core.actor import SYSTEM
from app.core.db import db
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import NOW, local
from tests.racing import race

pytestmark = [pytest.mark.timeout(120)]

# Two live claims of a resource of one that overlap; the constraint left out of it.
OVERLAPS = """
SELECT count(*) FROM booking_resources a JOIN booking_resources b
  ON a.resource_id = b.resource_id AND a.id < b.id AND a.claimed && b.claimed
WHERE a.active AND b.active AND a.resource_id = :id
"""
# Slots with a token though they are closed, or with another number than they count.
ASTRAY = """
SELECT count(*) FROM token_slots t
LEFT JOIN LATERAL (
  SELECT count(*) AS live FROM appointments a
  WHERE a.token_slot_id = t.id AND a.status = 'scheduled'
) x ON true
WHERE t.resource_id = :id
  AND (x.live <> t.taken OR (t.closed_at IS NOT NULL AND x.live > 0))
"""


def count(statement, resource):
    return db.session.scalar(text(statement), {"id": resource.id})


def refusals(outcomes):
    return [each for each in outcomes if isinstance(each, str)]


def live(place, resource):
    """Count who has a place with a resource, or waits on the list for one."""
    scheduled = (
        "SELECT count(*) FROM appointments WHERE resource_id = :id"
        " AND status = 'scheduled'"
    )
    waiting = queries.rebookings(place, by=SYSTEM, status=Rebook.OPEN)
    return count(scheduled, resource) + len(waiting)


def test_a_time_over_slots_and_tokens_at_one_moment_lose_nobody(hospital, redis_is):
    place, why = make.facility(), make.kind(minutes=30)
    doctor = make.resource(place)
    make.hours(place, doctor, make.opd(tokens=6))

    def token():
        order = make.token_order(place, doctor, why, make.patient(), local(10))
        return lambda: service.book_token(order, by=SYSTEM, now=NOW)

    for before in [token() for _ in range(3)]:
        before()
    order = make.timed_order(place, doctor, why, make.patient(), local(10))
    rivals = [token() for _ in range(6)]
    urgent = [lambda: service.book_over_slots(order, "Urgent", by=SYSTEM, now=NOW)] * 2

    outcomes = race(hospital, [*rivals, *urgent])

    kept = len(outcomes) - len(refusals(outcomes))
    # A rival is refused because the slot has closed or is full, and never for a fault.
    assert set(refusals(outcomes)) <= {"not_offered", "slot_full", "slot_taken"}
    assert not all(isinstance(each, str) for each in outcomes[-2:])
    assert live(place, doctor) == 3 + kept
    assert count(OVERLAPS, doctor) == 0
    assert count(ASTRAY, doctor) == 0


def test_of_two_emergencies_at_once_one_gets_the_theatre(hospital, redis_is):
    place, why = make.facility(), make.kind(minutes=60)
    theatre = make.resource(place, ResourceKind.LOCATION)
    make.hours(place, theatre)

    def order(priority):
        return make.timed_order(
            place, theatre, why, make.patient(), local(10), priority=priority
        )

    service.book_timed(order(Priority.ELECTIVE), by=SYSTEM, now=NOW)

    def emergency():
        wanted = order(Priority.EMERGENCY)
        return lambda: service.admit_emergency(wanted, "Bleeding", by=SYSTEM, now=NOW)

    outcomes = race(hospital, [emergency() for _ in range(6)])

    assert refusals(outcomes) == ["slot_taken"] * 5
    (entry,) = queries.rebookings(place, by=SYSTEM, status=Rebook.OPEN)
    assert entry.proposal is not None
    assert count(OVERLAPS, theatre) == 0


def test_of_rivals_who_rebook_one_does(hospital, redis_is):
    place, why = make.facility(), make.kind(minutes=60)
    theatre = make.resource(place, ResourceKind.LOCATION)
    make.hours(place, theatre)

    def order(priority):
        return make.timed_order(
            place, theatre, why, make.patient(), local(10), priority=priority
        )

    service.book_timed(order(Priority.ELECTIVE), by=SYSTEM, now=NOW)
    emergency = order(Priority.EMERGENCY)
    service.admit_emergency(emergency, "Bleeding", by=SYSTEM, now=NOW)
    (entry,) = queries.rebookings(place, by=SYSTEM)

    outcomes = race(
        hospital, [lambda: service.rebook(entry.id, None, by=SYSTEM, now=NOW)] * 6
    )

    assert refusals(outcomes) == ["status"] * 5
    assert count(OVERLAPS, theatre) == 0
