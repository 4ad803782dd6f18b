"""Patients act for themselves, with what is marked public and with nothing else."""

from contextlib import suppress
from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.accounts.views import EVERYWHERE
from app.booking import own_queries, queries, service
from app.booking.states import Status
from app.booking.views import Holding
from app.core.actor import SYSTEM, Actor, ActorKind
from app.core.errors import (
    BusyError,
    ForbiddenError,
    InputError,
    NotFoundError,
    RuleError,
)
from app.directory import service as directory
from app.directory.kinds import Category
from app.patients import queries as patients
from tests import factories as make
from tests.factories import MONDAY, NOW, local
from tests.rooms.clinic import Clinic


def browser(key):
    return Actor(ActorKind.PATIENT, "Online booking", reference=key)


SOMEBODY, ANOTHER = browser("one"), browser("two")


@pytest.fixture
def clinic(session):
    it = Clinic()
    show(it, public=True)
    return it


def show(clinic, *, public):
    directory.show_online(
        clinic.place, clinic.rao.public_id, public=public, by=SYSTEM, now=NOW
    )


def order(clinic, *at, who=None):
    return make.token_order(
        clinic.place, clinic.rao, clinic.visit, who or make.patient(), local(*at)
    )


def hold(clinic, by, *at):
    holding = Holding(f"online:{by.reference}", 10)
    return service.hold_token(order(clinic, *at), holding, by=by, now=NOW)


def test_book_what_is_public_and_nothing_else(clinic):
    booked = service.book_token(order(clinic, 10), by=SOMEBODY, now=NOW)
    show(clinic, public=False)

    with pytest.raises(ForbiddenError):
        service.book_token(order(clinic, 11), by=SOMEBODY, now=NOW)
    assert booked.status is Status.SCHEDULED


def test_neither_move_nor_cancel_nor_look_at_anybody(clinic):
    booked = service.book_token(order(clinic, 10), by=SOMEBODY, now=NOW)

    assert queries.appointment(booked.id, by=ANOTHER).patients == ()
    with pytest.raises(ForbiddenError):
        service.cancel(booked.id, "Ill", by=SOMEBODY, now=NOW)
    with pytest.raises(ForbiddenError):
        patients.search("Asha", by=SOMEBODY, scope=EVERYWHERE)
    with pytest.raises(ForbiddenError):
        queries.requests(clinic.place, by=SOMEBODY)


def test_book_no_type_that_is_not_public(clinic):
    hidden = replace(order(clinic, 10), type_id=make.kind(public=False).public_id)

    with pytest.raises(NotFoundError):
        service.hold_token(hidden, Holding("online:one", 10), by=SOMEBODY, now=NOW)
    with pytest.raises(NotFoundError):
        service.book_token(hidden, by=SOMEBODY, now=NOW)
    assert service.book_token(hidden, by=SYSTEM, now=NOW).status is Status.SCHEDULED


class TestAFollowUp:
    def test_is_for_who_was_seen_there_and_not_long_ago(self, clinic):
        asha, other = make.patient(), make.patient("Other")
        again = make.kind(category=Category.FOLLOW_UP, follow_up_days=7)

        def come_again(who, day):
            wanted = replace(
                order(clinic, 10, who=who),
                type_id=again.public_id,
                starts_at=local(10) + timedelta(days=day),
            )
            return service.book_token(wanted, by=SOMEBODY, now=NOW)

        seen(service.book_token(order(clinic, 11, who=asha), by=SYSTEM, now=NOW))

        for who, day in ((other, 3), (asha, 8)):
            with pytest.raises(RuleError, match="follow_up_window"):
                come_again(who, day)
        assert come_again(asha, 7).status is Status.SCHEDULED

    def test_is_due_in_the_department_and_in_no_other(self, clinic):
        medicine, surgery = (
            directory.add_department(clinic.place, name, by=SYSTEM, now=NOW)
            for name in ("Medicine", "Surgery")
        )
        near, far = (
            make.resource(clinic.place, department_id=each.id)
            for each in (medicine, surgery)
        )
        seer = make.resource(clinic.place, department_id=medicine.id)
        make.hours(clinic.place, seer, make.opd(tokens=3))
        asha = make.patient()
        wanted = make.token_order(clinic.place, seer, clinic.visit, asha, local(10))
        seen(service.book_token(wanted, by=SYSTEM, now=NOW))

        found = [
            own_queries.last_visits(
                clinic.place, each, [asha.public_id], by=SYSTEM, now=local(18)
            )
            for each in (seer, near, far)
        ]

        assert found == [{asha.public_id: local(10)}] * 2 + [{}]


def seen(told):
    for step in (Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED):
        service.attend(told.id, step, by=SYSTEM, now=NOW)


def test_hold_no_more_than_the_facility_allows_and_staff_as_before(clinic):
    set_holds(clinic, 1)
    first = hold(clinic, SOMEBODY, 10)
    moved = hold(clinic, SOMEBODY, 11)

    with pytest.raises(BusyError):
        hold(clinic, ANOTHER, 10)
    hold(clinic, SYSTEM, 10)
    service.release(moved.id, by=SOMEBODY, now=NOW)
    assert hold(clinic, ANOTHER, 10).status is Status.HELD
    assert queries.appointment(first.id, by=SYSTEM).status is Status.EXPIRED


def test_a_bot_holds_no_more_than_half_of_what_is_left(clinic):
    set_holds(clinic, 1000)
    (day,) = month(clinic)

    anybody = replace(order(clinic, 10), patient_id=None)
    got = 0
    for each in range(200):
        at = local(10) + timedelta(minutes=each % 4 * 30)
        wanted, bot = replace(anybody, starts_at=at), browser(f"bot-{each}")
        with suppress(BusyError):
            holding = Holding(f"online:bot-{each}", 10)
            service.hold_token(wanted, holding, by=bot, now=NOW)
            got += 1

    assert got == day.tokens_free // 2
    booked = service.book_token(order(clinic, 11, 30), by=SOMEBODY, now=NOW)
    assert booked.status is Status.SCHEDULED


def test_forty_at_once_are_all_held_and_who_is_proved_is_not_counted(clinic):
    wide = make.resource(clinic.place)
    make.hours(clinic.place, wide, make.opd(tokens=30))
    directory.show_online(clinic.place, wide.public_id, public=True, by=SYSTEM, now=NOW)

    def take(each, *, proved=False):
        wanted = replace(order(clinic, 10), resource_id=wide.public_id)
        holding = Holding(f"online:{each}", 10, proved=proved)
        return service.hold_token(
            replace(wanted, starts_at=local(10 + each % 2)),
            holding,
            by=browser(f"b-{each}"),
            now=NOW,
        )

    held = [take(each) for each in range(40)]

    assert {each.status for each in held} == {Status.HELD}
    with pytest.raises(BusyError):
        take(40)
    assert take(41, proved=True).status is Status.HELD


def month(clinic):
    (found,) = queries.month(
        clinic.place, [clinic.rao], MONDAY, by=SYSTEM, now=NOW, days=1
    )
    return found.days


def set_holds(clinic, most):
    directory.set_online(clinic.place, colour="", online_holds=most, by=SYSTEM, now=NOW)


@pytest.mark.parametrize(("most", "colour"), [(-1, ""), (1001, ""), (9, "#ffd27a")])
def test_what_cannot_be_right_is_not_set(clinic, most, colour):
    with pytest.raises(InputError):
        directory.set_online(
            clinic.place, colour=colour, online_holds=most, by=SYSTEM, now=NOW
        )
