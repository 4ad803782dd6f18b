"""Every pair of two states: what the table allows is done, all else is refused."""

from dataclasses import dataclass
from datetime import time, timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import update

from app.accounts.permissions import Permission, Role
from app.booking import internal, rows, service, states_page
from app.booking.errors import StatusError
from app.booking.kinds import Kind
from app.booking.states import MOVES, OF_A_VISIT, OFF, Status, whole
from app.booking.views import Holding
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import ForbiddenError
from app.directory.models import AppointmentType
from tests import factories as make
from tests import servers
from tests.factories import NOW, local

AFTER = local(23)
S = Status


@dataclass
class Clinic:
    """A doctor with tokens from 10 and open time from 14, booked by one of two acts."""

    place: object
    rao: object
    visit: object
    meena: object
    act: Kind = Kind.TOKEN

    def order(self, why=None, **fields):
        timed = self.act is Kind.TIMED
        order = make.timed_order if timed else make.token_order
        start, what = local(14 if timed else 10), why or self.visit
        return order(self.place, self.rao, what, make.patient(), start, **fields)

    def hold(self, order, key, *, by):
        timed = self.act is Kind.TIMED
        hold = service.hold_timed if timed else service.hold_token
        return hold(order, Holding(key), by=by, now=NOW)

    def book(self, order):
        timed = self.act is Kind.TIMED
        book = service.book_timed if timed else service.book_token
        return book(order, by=SYSTEM, now=NOW)


@pytest.fixture
def clinic(session):
    place = make.facility()
    rao = make.resource(place, token_prefix="A")
    make.hours(place, rao, make.opd(tokens=20), make.open_time(time(14)))
    return Clinic(place, rao, make.kind(), make.user(Role.RECEPTION, place).actor)


def held(c):
    return c.hold(c.order(), "key", by=SYSTEM)


def requested(c):
    return c.book(c.order(request=True))


def booked(c):
    return c.book(c.order())


def came_to(*statuses):
    def come(c):
        told = booked(c)
        for to in statuses:
            told = service.attend(told.id, to, by=SYSTEM, now=NOW)
        return told

    return come


BEGIN = {
    S.HELD: held,
    S.REQUESTED: requested,
    S.SCHEDULED: booked,
    S.CHECKED_IN: came_to(S.CHECKED_IN),
    S.IN_PROGRESS: came_to(S.CHECKED_IN, S.IN_PROGRESS),
    S.COMPLETED: came_to(S.CHECKED_IN, S.IN_PROGRESS, S.COMPLETED),
    S.NO_SHOW: came_to(S.NO_SHOW),
    S.CANCELLED: lambda c: service.cancel(booked(c).id, "ill", by=SYSTEM, now=NOW),
    S.DENIED: lambda c: service.deny(requested(c).id, "full", by=SYSTEM, now=NOW),
    S.EXPIRED: lambda c: service.release(held(c).id, by=SYSTEM, now=NOW),
}


# The act that leads to a status, wherever it begins.
ACTS = {
    S.SCHEDULED: lambda told: service.approve(told.id, by=SYSTEM, now=NOW),
    S.CANCELLED: lambda told: service.cancel(told.id, "ill", by=SYSTEM, now=NOW),
    S.DENIED: lambda told: service.deny(told.id, "full", by=SYSTEM, now=NOW),
    S.EXPIRED: lambda told: service.release(told.id, by=SYSTEM, now=NOW),
}


def attempt(told, to):
    """Try to bring an appointment to a status by the act that leads there."""
    if (told.status, to) == (S.HELD, S.SCHEDULED):
        return service.confirm(told.id, (), by=SYSTEM, now=NOW)
    if (told.status, to) == (S.REQUESTED, S.EXPIRED):
        service.expire_requests(by=SYSTEM, now=AFTER)
    if to in ACTS and told.status is not to:
        return ACTS[to](told)
    if to in OF_A_VISIT:
        return service.attend(told.id, to, by=SYSTEM, now=NOW)
    # No act of a door leads anybody there who is not: ask the room itself.
    return internal.advance(told.id, to, by=SYSTEM, now=NOW)


def confirm_as_a_request(c):
    """Confirm a hold of a type that needs approval, by who cannot approve."""
    kind = make.kind()
    db.session.execute(
        update(AppointmentType)
        .where(AppointmentType.id == kind.id)
        .values(needs_approval=True)
    )
    told = c.hold(c.order(kind), "meena", by=c.meena)
    return service.confirm(told.id, (), by=c.meena, now=NOW)


PAIRS = list(product(S, S))
# Timed and token bookings are separate acts on one lifecycle.
each_act = pytest.mark.parametrize("act", [Kind.TOKEN, Kind.TIMED], ids=str)


@pytest.mark.parametrize(
    ("was", "to"), [(a, b) for a, b in PAIRS if b in MOVES[a]], ids=str
)
@each_act
def test_the_table_leads_there(clinic, act, was, to):
    clinic.act = act
    if (was, to) == (S.HELD, S.REQUESTED):
        assert confirm_as_a_request(clinic).status is S.REQUESTED
        return
    told = BEGIN[was](clinic)

    after = attempt(told, to)

    assert (told.status, after.status, after.kind) == (was, to, act)
    assert {each.status for each in after.participants} == {to}


@pytest.mark.parametrize(
    ("was", "to"), [(a, b) for a, b in PAIRS if b not in MOVES[a]], ids=str
)
@each_act
def test_the_table_does_not_lead_there(clinic, act, was, to):
    clinic.act = act
    told = BEGIN[was](clinic)

    with pytest.raises(StatusError):
        attempt(told, to)

    after = rows.one(told.id)
    assert (after.status, after.kind) == (was, act)


@pytest.mark.parametrize("to", sorted(OF_A_VISIT))
def test_who_may_only_look_makes_no_move(clinic, to):
    told = booked(clinic)
    analyst = make.user(Role.ANALYST, clinic.place).actor

    with pytest.raises(ForbiddenError):
        service.attend(told.id, to, by=analyst, now=NOW)


def test_the_page_shows_the_table_as_it_is():
    page = Path(servers.PROJECT) / "docs" / "states.md"

    assert page.read_text(encoding="utf-8") == states_page.page()


def test_every_move_names_a_permission():
    named = {each for after in MOVES.values() for each in after.values()}

    assert named <= set(Permission)


def test_a_request_expires_only_when_its_time_has_gone_by(clinic):
    told = requested(clinic)

    early = service.expire_requests(by=SYSTEM, now=told.span.end - timedelta(minutes=1))
    late = service.expire_requests(by=SYSTEM, now=told.span.end)

    assert (early, late) == (0, 1)


def test_a_request_is_not_let_go_like_a_hold(clinic):
    told = requested(clinic)

    with pytest.raises(StatusError):
        service.release(told.id, by=clinic.meena, now=NOW)


@pytest.mark.parametrize(
    ("people", "status"),
    [
        ((S.SCHEDULED, S.SCHEDULED), S.SCHEDULED),
        ((S.CHECKED_IN, S.SCHEDULED), S.CHECKED_IN),
        ((S.IN_PROGRESS, S.CHECKED_IN), S.IN_PROGRESS),
        ((S.COMPLETED, S.SCHEDULED), S.IN_PROGRESS),
        ((S.COMPLETED, S.NO_SHOW), S.COMPLETED),
        ((S.NO_SHOW, S.CANCELLED), S.NO_SHOW),
        ((S.CANCELLED, S.CANCELLED), S.CANCELLED),
        ((S.NO_SHOW, S.SCHEDULED), S.SCHEDULED),
    ],
)
def test_a_group_has_the_status_its_people_make(people, status):
    assert whole(people) is status


def test_a_single_patient_is_the_whole():
    assert all(whole([status]) is status for status in S)
    assert set(S) > OFF
