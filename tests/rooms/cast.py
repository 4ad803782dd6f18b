"""Who and what the acts need: a clinic, a doctor, patients and their bookings."""

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select, update

from app.accounts import service as accounts
from app.accounts.delegating import NewDelegation
from app.accounts.models import ApiToken
from app.accounts.permissions import Permission, Role
from app.accounts.roles import NewRole
from app.accounts.views import Thing
from app.availability import queries as availability_queries
from app.availability.views import NewMaintenance
from app.booking import queries
from app.booking import service as booking
from app.booking.kinds import Priority
from app.booking.models import ResourceConflict
from app.booking.setting import NewRule
from app.booking.views import (
    Absence,
    Arrangement,
    Chosen,
    Holding,
    Member,
    NewPlace,
    NewProcedure,
    NewWaiting,
    Repeat,
)
from app.core.actor import Actor, ActorKind
from app.core.db import db, transaction
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.directory.models import AppointmentType
from app.directory.service import NewMember, NewTeam
from app.notifications import internal as notifications
from app.notifications.kinds import About, Rung
from app.notifications.models import Notice
from app.notifications.views import Ring
from tests import factories as make
from tests.factories import NOW, local

CLERK = NewRole("clerk", "Clerk", frozenset({Permission.VIEW_CALENDAR}))
LEAD = NewRule("lead_time", {"minutes": 5})
CLINIC = b"facilities:\n  - {slug: north, name: North, zone: Asia/Kolkata}\n"
TWICE = Repeat(occurrences=2)
STRANGER = Actor(kind=ActorKind.USER, name="Ravi", id=0, reference="ravi")


class Cast(Struct):
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


def a_role(cast):
    accounts.add_role(CLERK, by=make.SYSTEM, now=NOW)
    return CLERK


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


def in_a_chair(cast):
    """Book the doctor with a chair; give both ids."""
    chair = make.resource(cast.place, ResourceKind.CHAIR)
    told, to = booked(cast), Arrangement(chairs=(chair.public_id,))
    booking.assign(told.id, to, by=make.SYSTEM, now=NOW)
    return told.id, chair.public_id


def needing_a_chair(cast):
    """Want the doctor, and a chair which nobody has named yet."""
    make.resource(cast.place, ResourceKind.CHAIR)
    kind = make.kind(requires_chair=True)
    return replace(cast.timed, type_id=kind.public_id, patient_id=None)


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


def waiting_under(cast, phone):
    order = replace(wishes(cast), patient_id=make.patient("Devi", phone).public_id)
    return booking.join_waitlist(order, by=make.SYSTEM, now=NOW)


def waiting(cast):
    return booking.join_waitlist(wishes(cast), by=make.SYSTEM, now=NOW)


def offered(cast):
    waiting(cast)
    booking.offer_freed(by=make.SYSTEM, now=NOW)
    (entry,) = queries.waitlist(cast.place, by=make.SYSTEM)
    return entry.offer.id


def absence(cast):
    return Absence(cast.place.public_id, cast.rao.public_id, local(16), local(14))


def struck(cast):
    """Book the doctor, and only then let them be away."""
    booked(cast)
    return booking.mark_absent(absence(cast), by=make.SYSTEM, now=NOW)


def chosen(told):
    item = told.items[0]
    return [Chosen(item.appointment.id, item.proposals[0].id)]


def wanted(cast):
    """Order a procedure of the doctor's."""
    return NewProcedure(
        cast.place.public_id,
        "Biopsy",
        cast.visit.public_id,
        30,
        (Member(cast.rao.public_id),),
        (cast.asha.public_id,),
    )


def planned(cast):
    return booking.add_procedure(wanted(cast), by=make.SYSTEM, now=NOW).id


def team_of(cast):
    return (NewMember(cast.rao.public_id),)


def a_team(cast):
    order = NewTeam("team", "Team", team_of(cast))
    return directory.add_team(cast.place, order, by=make.SYSTEM, now=NOW).public_id


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


def emergency(cast):
    """Order an emergency in a theatre in which there is a case at that time."""
    theatre = make.resource(cast.place, ResourceKind.LOCATION)
    make.hours(cast.place, theatre)
    case = make.timed_order(cast.place, theatre, cast.visit, cast.asha, local(14))
    booking.book_timed(case, by=make.SYSTEM, now=NOW)
    return make.timed_order(
        cast.place,
        theatre,
        cast.visit,
        make.patient(),
        local(14),
        priority=Priority.URGENT,
    )


def displacement(cast):
    return booking.admit_emergency(emergency(cast), "x", by=make.SYSTEM, now=NOW)


def displaced(cast):
    return displacement(cast).entries[0].rebooking.id


def noticed(cast, by):
    """Ring for the actor; for a stranger, whom nothing concerns, for somebody else."""
    kinds = {ActorKind.USER: by.id} if by is not STRANGER else {}
    to = kinds.get(by.kind) or make.user(Role.ADMIN).id
    ring = Ring(
        Rung.HOURS, About.HOURS, cast.place.id, "once", {"why": "added"}, user_id=to
    )
    with transaction():
        notifications.queue([ring], now=NOW)
    found = select(Notice.public_id).where(Notice.dedup_key == "once:hours")
    return db.session.scalars(found).one()
