"""Leave under rivals, with real commits: what is held is had, and by one."""

import pytest
from sqlalchemy import text

from app.booking import conflicts, leave_queries, service
from app.booking.kinds import Fate, Remedy
from app.booking.views import Absence, AppliedView, Chosen, Holding
from app.core.actor import SYSTEM
from app.core.db import db
from tests import factories as make
from tests.factories import NOW, local
from tests.racing import race

pytestmark = [pytest.mark.timeout(120)]

RIVALS = 12


@pytest.fixture
def clinic(hospital):
    place = make.facility()
    doctors = [make.resource(place) for _ in range(2)]
    for doctor in doctors:
        make.hours(place, doctor)
    return place, *doctors, make.kind()


def timed(place, doctor, why, at):
    order = make.timed_order(place, doctor, why, make.patient(), at)
    return lambda: service.book_timed(order, by=SYSTEM, now=NOW)


def absent(place, doctor):
    order = Absence(place.public_id, doctor.public_id, local(12), local(9))
    return lambda: service.mark_absent(order, by=SYSTEM, now=NOW)


def take(told, appointment, remedy):
    (item,) = [e for e in told.items if e.appointment.id == appointment.id]
    (proposal,) = [e for e in item.proposals if e.remedy is remedy]
    chosen = [Chosen(appointment.id, proposal.id)]
    return lambda: service.apply_proposals(told.id, chosen, by=SYSTEM, now=NOW)


def claimed(doctor):
    """Count what takes a doctor's time."""
    rows = "SELECT count(*) FROM booking_resources WHERE active AND resource_id ="
    return db.session.scalar(text(f"{rows} {doctor.id}"))


def test_a_place_that_is_held_is_never_lost_to_who_books_meanwhile(
    hospital, redis_is, clinic
):
    place, rao, menon, why = clinic
    booked = timed(place, rao, why, local(10))()
    told = absent(place, rao)()
    rivals = [timed(place, menon, why, local(10)) for _ in range(RIVALS)]

    *refused, applied = race(hospital, [*rivals, take(told, booked, Remedy.INSTEAD)])

    assert refused == ["slot_taken"] * RIVALS
    assert [each.moved for each in applied.results] == [True]
    assert (claimed(rao), claimed(menon)) == (0, 1)


def test_of_two_who_choose_for_one_at_once_one_is_followed(hospital, redis_is, clinic):
    place, rao, menon, why = clinic
    booked = timed(place, rao, why, local(10))()
    told = absent(place, rao)()

    outcomes = race(
        hospital,
        [
            take(told, booked, remedy)
            for remedy in (Remedy.INSTEAD, Remedy.LATER, Remedy.ANOTHER_DAY) * 3
        ],
    )

    assert all(isinstance(each, AppliedView) for each in outcomes), outcomes
    moved = {each.results[0].proposal_id for each in outcomes if each.results[0].moved}
    assert len(moved) == 1
    assert claimed(rao) + claimed(menon) == 1


def test_nobody_who_books_while_leave_is_marked_is_overlooked(
    hospital, redis_is, clinic
):
    place, rao, _, why = clinic
    starts = [local(9 + n // 2, 30 * (n % 2)) for n in range(6)]

    *outcomes, told = race(
        hospital,
        [*(timed(place, rao, why, at) for at in starts), absent(place, rao)],
    )

    won = {each.id for each in outcomes if not isinstance(each, str)}
    assert {e for e in outcomes if isinstance(e, str)} <= {"not_offered"}
    assert {item.appointment.id for item in told.items} == won
    assert conflicts.sweep(now=NOW) == 0


def test_undoing_and_applying_at_once_leave_one_place_for_each(
    hospital, redis_is, clinic
):
    place, rao, menon, why = clinic
    booked = timed(place, rao, why, local(10))()
    told = absent(place, rao)()

    race(
        hospital,
        [
            take(told, booked, Remedy.INSTEAD),
            lambda: service.undo_cascade(told.id, by=SYSTEM, now=NOW),
        ],
    )

    (item,) = leave_queries.cascade(told.id, by=SYSTEM, now=NOW).items
    assert item.appointment.span == booked.span
    assert item.appointment.resource.id == rao.id
    assert item.fate in {Fate.WAITING, Fate.RETURNED}
    assert (claimed(rao), claimed(menon)) == (1, 0)


def test_a_hold_for_somebody_else_and_a_proposal_never_share_a_place(
    hospital, redis_is, clinic
):
    place, rao, menon, why = clinic
    timed(place, rao, why, local(10))()
    order = make.timed_order(place, menon, why, None, local(10))

    race(
        hospital,
        [
            absent(place, rao),
            *(
                lambda key=f"rival-{place.slug}-{n}": service.hold_timed(
                    order, Holding(key), by=SYSTEM, now=NOW
                )
                for n in range(RIVALS)
            ),
        ],
    )

    at_ten = (
        "SELECT count(*) FROM booking_resources WHERE active"
        f" AND resource_id = {menon.id} AND during @> '{local(10).isoformat()}'"
        "::timestamptz"
    )
    assert db.session.scalar(text(at_ten)) == 1


def test_nobody_takes_the_places_of_those_who_are_coming_back(
    hospital, redis_is, clinic
):
    place, rao, _, why = clinic
    starts = [local(9 + n // 2, 30 * (n % 2)) for n in range(6)]
    booked = [timed(place, rao, why, at)() for at in starts]
    told = absent(place, rao)()
    chosen = [Chosen(i.appointment.id, i.proposals[-1].id) for i in told.items]
    service.apply_proposals(told.id, chosen, by=SYSTEM, now=NOW)

    undone, *rivals = race(
        hospital,
        [
            lambda: service.undo_cascade(told.id, by=SYSTEM, now=NOW),
            *(timed(place, rao, why, at) for at in starts),
        ],
    )

    assert {item.fate for item in undone.items} == {Fate.RETURNED}, rivals
    assert set(rivals) <= {"not_offered", "slot_taken"}
    assert {item.appointment.span for item in undone.items} == {b.span for b in booked}
