"""
Rivals with real commits: one place never goes to two, one number never to two.

Each race runs with Redis at hand, with Redis stopped, and with Redis hung; every time
the database alone must be enough, and no attempt may end in an error or a deadlock.
"""

import pytest
from sqlalchemy import text

from app.booking import queries, service
from app.booking.states import Status
from app.booking.views import Holding, NewPlace, NewWaiting, Once, Want
from app.core.actor import SYSTEM
from app.core.db import db
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import NOW, local
from tests.racing import race

ONE_TIME = 16
ONE_SLOT = 40
TOKENS = 10

pytestmark = [pytest.mark.timeout(120)]


def clinic(*sessions):
    place = make.facility()
    doctor = make.resource(place)
    make.hours(place, doctor, *sessions)
    return place, doctor, make.kind(minutes=30)


def number(booked):
    return int(booked.token.rpartition("-")[2])


def count(statement):
    return db.session.scalar(text(statement))


def timed(place, doctor, why, who, at, **fields):
    order = make.timed_order(place, doctor, why, who, at, **fields)
    return lambda: service.book_timed(order, by=SYSTEM, now=NOW)


def token(place, doctor, why, who, at, **fields):
    order = make.token_order(place, doctor, why, who, at, **fields)
    return lambda: service.book_token(order, by=SYSTEM, now=NOW)


def refusals(outcomes):
    return [each for each in outcomes if isinstance(each, str)]


def winners(outcomes):
    return [each for each in outcomes if not isinstance(each, str)]


def test_of_rivals_for_one_time_exactly_one_wins(hospital, redis_is):
    place, doctor, why = clinic()
    rivals = [
        timed(place, doctor, why, make.patient(), local(10)) for _ in range(ONE_TIME)
    ]

    outcomes = race(hospital, rivals)

    assert refusals(outcomes) == ["slot_taken"] * (ONE_TIME - 1)
    assert len(winners(outcomes)) == 1
    rows = "SELECT count(*) FROM booking_resources WHERE active AND resource_id ="
    assert count(f"{rows} {doctor.id}") == 1


def test_of_rivals_for_times_that_overlap_no_two_win(hospital, redis_is):
    place, doctor, why = clinic()
    rivals = [
        timed(place, doctor, why, make.patient(), local(10, minute))
        for minute in (0, 10, 20) * 5
    ]

    outcomes = race(hospital, rivals)

    assert refusals(outcomes) == ["slot_taken"] * 14
    assert len(winners(outcomes)) == 1


def test_of_rivals_for_a_slot_its_tokens_win_and_none_twice(hospital, redis_is):
    place, doctor, why = clinic(make.opd(tokens=TOKENS))
    rivals = [
        token(place, doctor, why, make.patient(), local(10)) for _ in range(ONE_SLOT)
    ]

    outcomes = race(hospital, rivals)

    assert refusals(outcomes) == ["slot_full"] * (ONE_SLOT - TOKENS)
    numbers = sorted(number(each) for each in winners(outcomes))
    assert numbers == list(range(1, TOKENS + 1))
    taken = f"SELECT taken FROM token_slots WHERE resource_id = {doctor.id}"
    assert count(taken) == TOKENS


def test_rivals_in_two_slots_of_a_day_draw_from_one_row_of_numbers(hospital, redis_is):
    place, doctor, why = clinic(make.opd(tokens=TOKENS))
    rivals = [
        token(place, doctor, why, make.patient(), local(10, minute))
        for minute in (0, 30) * TOKENS
    ]

    outcomes = race(hospital, rivals)

    numbers = sorted(number(each) for each in winners(outcomes))
    assert numbers == list(range(1, 2 * TOKENS + 1))


def test_rivals_that_name_two_resources_in_either_order_do_not_deadlock(
    hospital, redis_is
):
    place, doctor, why = clinic()
    theatre = make.resource(place, ResourceKind.LOCATION)
    make.hours(place, theatre)
    pairs = [(doctor, theatre), (theatre, doctor)] * 6
    rivals = [
        timed(
            place,
            first,
            why,
            make.patient(),
            local(10),
            also=(Want(second.public_id),),
        )
        for first, second in pairs
    ]

    outcomes = race(hospital, rivals)

    assert refusals(outcomes) == ["slot_taken"] * (len(pairs) - 1)
    assert len(winners(outcomes)) == 1


def test_two_that_want_each_others_place_both_stay(hospital, redis_is):
    place, doctor, why = clinic()
    other = make.resource(place)
    make.hours(place, other)
    here = timed(place, doctor, why, make.patient(), local(10))()
    there = timed(place, other, why, make.patient(), local(10))()

    def move(booking, to):
        where = NewPlace(local(10), resource_id=to.public_id)
        return lambda: service.move(booking.id, where, by=SYSTEM, now=NOW)

    outcomes = race(hospital, [move(here, other), move(there, doctor)] * 4)

    assert outcomes == ["slot_taken"] * 8


def test_one_key_sent_many_times_at_once_books_once(hospital, redis_is):
    place, doctor, why = clinic(make.opd(tokens=TOKENS))
    who, once = make.patient(), Once(f"key-{doctor.id}", "body")
    rivals = [token(place, doctor, why, who, local(10), once=once)] * ONE_TIME

    outcomes = race(hospital, rivals)

    assert len({each.id for each in winners(outcomes)}) == 1
    assert len(winners(outcomes)) == ONE_TIME
    taken = f"SELECT taken FROM token_slots WHERE resource_id = {doctor.id}"
    assert count(taken) == 1


def test_of_rivals_who_cancel_one_does_and_the_place_is_given_back_once(
    hospital, redis_is
):
    place, doctor, why = clinic(make.opd(tokens=TOKENS))
    booked = token(place, doctor, why, make.patient(), local(10))()
    kept = token(place, doctor, why, make.patient(), local(10))()

    outcomes = race(
        hospital,
        [lambda: service.cancel(booked.id, "ill", by=SYSTEM, now=NOW)] * 8,
    )

    assert refusals(outcomes) == ["status"] * 7
    assert kept.status is Status.SCHEDULED
    taken = f"SELECT taken FROM token_slots WHERE resource_id = {doctor.id}"
    assert count(taken) == 1


def waits(place, doctor, why):
    order = NewWaiting(
        place.public_id,
        make.patient().public_id,
        why.public_id,
        first_day=make.MONDAY,
        last_day=make.MONDAY,
        resource_id=doctor.public_id,
        earliest=make.time(10),
        latest=make.time(10, 30),
    )
    return service.join_waitlist(order, by=SYSTEM, now=NOW)


def offered(place):
    found = queries.waitlist(place, by=SYSTEM)
    return [each.offer for each in found if each.offer]


def test_of_rivals_who_accept_one_offer_exactly_one_books(hospital, redis_is):
    place, doctor, why = clinic()
    booked = timed(place, doctor, why, make.patient(), local(10))()
    waits(place, doctor, why)
    service.cancel(booked.id, "ill", by=SYSTEM, now=NOW)
    (offer,) = offered(place)

    outcomes = race(
        hospital, [lambda: service.accept_offer(offer.id, by=SYSTEM, now=NOW)] * 8
    )

    assert refusals(outcomes) == ["status"] * 7
    rows = "SELECT count(*) FROM booking_resources WHERE active AND resource_id ="
    assert count(f"{rows} {doctor.id}") == 1


def test_a_lapsed_offer_and_the_next_one_are_not_both_accepted(hospital, redis_is):
    place, doctor, why = clinic()
    booked = timed(place, doctor, why, make.patient(), local(10))()
    waits(place, doctor, why)
    waits(place, doctor, why)
    service.cancel(booked.id, "ill", by=SYSTEM, now=NOW)
    (first,) = offered(place)
    later = first.expires_at
    service.offer_freed(by=SYSTEM, now=later)
    (second,) = offered(place)

    outcomes = race(
        hospital,
        [
            lambda: service.accept_offer(first.id, by=SYSTEM, now=NOW),
            lambda: service.accept_offer(second.id, by=SYSTEM, now=later),
        ]
        * 4,
    )

    assert sorted(refusals(outcomes)) == ["hold_lost"] * 4 + ["status"] * 3
    assert len(winners(outcomes)) == 1


def test_rivals_who_cancel_and_sweep_offer_each_place_once(hospital, redis_is):
    place, doctor, why = clinic()
    booked = timed(place, doctor, why, make.patient(), local(10))()
    for _ in range(3):
        waits(place, doctor, why)

    race(
        hospital,
        [
            lambda: service.cancel(booked.id, "ill", by=SYSTEM, now=NOW),
            *[lambda: service.offer_freed(by=SYSTEM, now=NOW)] * 4,
        ],
    )

    assert len(offered(place)) == 1
    rows = "SELECT count(*) FROM booking_resources WHERE active AND resource_id ="
    assert count(f"{rows} {doctor.id}") == 1


def test_rivals_with_one_key_hold_one_place_and_nobody_fails(hospital, redis_is):
    place, visit = make.facility(), make.kind()
    orders = []
    for _ in range(ONE_TIME):
        doctor = make.resource(place)
        make.hours(place, doctor)
        orders.append(make.timed_order(place, doctor, visit, None, local(10)))

    def holding(order):
        return lambda: service.hold_timed(order, Holding("k"), by=SYSTEM, now=NOW)

    outcomes = race(hospital, [holding(order) for order in orders])

    assert set(refusals(outcomes)) <= {"busy"}
    live = "SELECT count(*) FROM appointments WHERE status = 'held' AND hold_key = 'k'"
    assert count(live) == 1
