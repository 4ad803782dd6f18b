"""Who and what the acts need: a clinic, a doctor, patients and their bookings."""

from dataclasses import dataclass, replace

from sqlalchemy import select, update

from app.accounts import service as accounts
from app.accounts.delegating import NewDelegation
from app.accounts.models import ApiToken
from app.accounts.permissions import Permission, Role
from app.accounts.views import Thing
from app.availability import queries as availability_queries
from app.availability.views import NewMaintenance
from app.booking import queries
from app.booking import service as booking
from app.booking.models import ResourceConflict
from app.booking.setting import NewRule
from app.booking.views import Arrangement, Holding, NewPlace, NewWaiting, Repeat
from app.core.actor import Actor, ActorKind
from app.core.db import db
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.directory.models import AppointmentType
from tests import factories as make
from tests.factories import NOW, local

LEAD = NewRule("lead_time", {"minutes": 5})
CLINIC = b"facilities:\n  - {slug: north, name: North, zone: Asia/Kolkata}\n"
TWICE = Repeat(occurrences=2)
STRANGER = Actor(kind=ActorKind.USER, name="Ravi", id=0, reference="ravi")


@dataclass
class Cast:
    """A small clinic in which any act can be tried."""

    place: object
    rao: object
    visit: object
    asha: object
    token: object
    timed: object


def assemble():
    place = make.facility()
    rao, visit = make.resource(place, token_prefix="A"), make.kind()
    asha = make.patient()
    make.hours(place)
    make.hours(place, rao, make.opd(), make.open_time(make.time(14)))
    token = make.token_order(place, rao, visit, asha, local(10))
    timed = make.timed_order(place, rao, visit, asha, local(14))
    return Cast(place, rao, visit, asha, token, timed)


def booked(cast):
    return booking.book_timed(cast.timed, by=make.SYSTEM, now=NOW)


def lent(cast):
    return NewDelegation(
        make.user(Role.NURSE).username,
        frozenset({Permission.BOOK}),
        cast.place.id,
        frozenset({Thing(cast.rao.id)}),
        make.span(NOW, 60),
    )


def seated(cast):
    """Book the doctor, and only then find that the visit needs a chair."""
    told = booked(cast)
    make.resource(cast.place, ResourceKind.CHAIR)
    db.session.execute(update(AppointmentType).values(requires_chair=True))
    return told


def troubled(cast):
    """Book the doctor in a room that goes out of use."""
    room = make.resource(cast.place, ResourceKind.ROOM)
    to = Arrangement(rooms=(room.public_id,))
    booking.assign(booked(cast).id, to, by=make.SYSTEM, now=NOW)
    directory.change_resource(room.public_id, by=make.SYSTEM, now=NOW, active=False)
    return db.session.scalars(select(ResourceConflict.public_id)).one()


def held(cast):
    return booking.hold_token(cast.token, Holding("k"), by=make.SYSTEM, now=NOW)


def asked(cast):
    return booking.book_token(
        replace(cast.token, request=True), by=make.SYSTEM, now=NOW
    )


def answered(cast):
    """Ask for a place, and be offered another."""
    to = NewPlace(local(11))
    return booking.offer_place(asked(cast).id, to, by=make.SYSTEM, now=NOW)


def called_off(cast, by):
    """Book, and let the actor themselves cancel: only they may take it back."""
    told = booked(cast)
    actor = by if by is not STRANGER else make.SYSTEM
    return booking.cancel(told.id, "ill", by=actor, now=NOW).id


def pair(cast):
    order = replace(cast.timed, also_patients=(make.patient().public_id,))
    return booking.book_timed(order, by=make.SYSTEM, now=NOW)


def serial(cast):
    told = booking.book_series(cast.timed, TWICE, by=make.SYSTEM, now=NOW)
    return told.occurrences[0].appointment.id


def wishes(cast):
    return NewWaiting(
        cast.place.public_id,
        cast.asha.public_id,
        cast.visit.public_id,
        first_day=make.MONDAY,
        last_day=make.MONDAY,
    )


def waiting(cast):
    return booking.join_waitlist(wishes(cast), by=make.SYSTEM, now=NOW)


def offered(cast):
    waiting(cast)
    booking.offer_freed(by=make.SYSTEM, now=NOW)
    (entry,) = queries.waitlist(cast.place, by=make.SYSTEM)
    return entry.offer.id


def bearer(by):
    made = make.user()
    return accounts.make_token(made.username, "x", by=by, now=NOW, expires_at=None)


def a_token(cast):
    bearer(make.SYSTEM)
    return db.session.scalars(select(ApiToken.public_id)).one()


def a_session(cast):
    hours = availability_queries.schedule(cast.place, cast.rao, by=make.SYSTEM)
    return hours[0].sessions[0].id


def repair(cast):
    span = make.span(local(15), 60)
    return NewMaintenance(cast.place.public_id, cast.rao.public_id, span)


# One line for each act: how it is done by somebody.
