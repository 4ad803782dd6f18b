"""Every act asks whether its actor may, and leaves a line in the trail."""

import importlib
import inspect
import pkgutil
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import func, select, update

import app as house
from app.accounts import service as accounts
from app.accounts.models import ApiToken
from app.accounts.permissions import Role
from app.accounts.service import NewUser
from app.accounts.views import EVERYWHERE, Scope
from app.audit.models import AuditEvent
from app.availability import service as availability
from app.availability.views import NewException, NewMaintenance
from app.booking import service as booking
from app.booking.models import ResourceConflict
from app.booking.setting import NewRule
from app.booking.views import Arrangement, Holding, NewPlace
from app.core.actor import Actor, ActorKind
from app.core.db import db
from app.core.errors import ForbiddenError, NotFoundError
from app.directory import service as directory
from app.directory.kinds import Category, ResourceKind
from app.directory.models import AppointmentType
from app.directory.service import NewFacility, NewPost, NewResource, NewType
from app.exchange import service as exchange
from app.exchange.service import NewImport
from app.patients import service as patients
from app.patients.views import NewPatient
from tests import factories as make
from tests.factories import NOW, local

LEAD = NewRule("lead_time", {"minutes": 5})
CLINIC = b"facilities:\n  - {slug: north, name: North, zone: Asia/Kolkata}\n"
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


@pytest.fixture
def cast(session):
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


def bearer(by):
    made = make.user()
    return accounts.make_token(made.username, "x", by=by, now=NOW, expires_at=None)


def a_token(cast):
    bearer(make.SYSTEM)
    return db.session.scalars(select(ApiToken.public_id)).one()


# One line for each act: how it is done by somebody.
ACTS = {
    accounts.add_user: lambda c, by: accounts.add_user(
        NewUser("meena", "Meena", "long enough"), by=by, now=NOW
    ),
    accounts.give_role: lambda c, by: accounts.give_role(
        make.user().username, Role.NURSE, EVERYWHERE, by=by, now=NOW
    ),
    accounts.make_token: lambda c, by: bearer(by),
    accounts.revoke_token: lambda c, by: accounts.revoke_token(
        a_token(c), by=by, now=NOW
    ),
    directory.add_facility: lambda c, by: directory.add_facility(
        NewFacility("kochi", "Kochi", "Asia/Kolkata"), by=by, now=NOW
    ),
    directory.add_department: lambda c, by: directory.add_department(
        c.place, "Medicine", by=by, now=NOW
    ),
    directory.add_resource: lambda c, by: directory.add_resource(
        NewResource("room-1", ResourceKind.ROOM, "Room 1"),
        NewPost(c.place.id),
        by=by,
        now=NOW,
    ),
    directory.post_resource: lambda c, by: directory.post_resource(
        c.rao.public_id, NewPost(make.facility().id), by=by, now=NOW
    ),
    directory.change_resource: lambda c, by: directory.change_resource(
        c.rao.public_id, by=by, now=NOW, capacity=2
    ),
    directory.add_type: lambda c, by: directory.add_type(
        NewType("laser", "Laser", Category.PROCEDURE, 30), by=by, now=NOW
    ),
    exchange.bring_in: lambda c, by: exchange.bring_in(
        NewImport("clinic.yaml", CLINIC), by=by, now=NOW
    ),
    patients.register: lambda c, by: patients.register(
        NewPatient("Meera"), by=by, now=NOW, scope=EVERYWHERE
    ),
    patients.prefer: lambda c, by: patients.prefer(
        c.asha.public_id, (c.rao.public_id,), by=by, now=NOW, scope=EVERYWHERE
    ),
    availability.set_schedule: lambda c, by: availability.set_schedule(
        make.schedule_order(c.place, make.resource(c.place)), by=by, now=NOW
    ),
    availability.add_exception: lambda c, by: availability.add_exception(
        NewException(
            None, c.rao.public_id, is_available=False, during=make.span(local(15), 60)
        ),
        by=by,
        now=NOW,
    ),
    availability.add_maintenance: lambda c, by: availability.add_maintenance(
        NewMaintenance(c.place.public_id, c.rao.public_id, make.span(local(15), 60)),
        by=by,
        now=NOW,
    ),
    booking.book_token: lambda c, by: booking.book_token(c.token, by=by, now=NOW),
    booking.book_timed: lambda c, by: booking.book_timed(c.timed, by=by, now=NOW),
    booking.move: lambda c, by: booking.move(
        booked(c).id, NewPlace(local(15)), by=by, now=NOW
    ),
    booking.cancel: lambda c, by: booking.cancel(booked(c).id, "ill", by=by, now=NOW),
    booking.hold_token: lambda c, by: booking.hold_token(
        c.token, Holding("k"), by=by, now=NOW
    ),
    booking.hold_timed: lambda c, by: booking.hold_timed(
        c.timed, Holding("k"), by=by, now=NOW
    ),
    booking.extend: lambda c, by: booking.extend(held(c).id, 20, by=by, now=NOW),
    booking.confirm: lambda c, by: booking.confirm(
        held(c).id, (c.asha.public_id,), by=by, now=NOW
    ),
    booking.release: lambda c, by: booking.release(held(c).id, by=by, now=NOW),
    booking.approve: lambda c, by: booking.approve(asked(c).id, by=by, now=NOW),
    booking.deny: lambda c, by: booking.deny(asked(c).id, "full", by=by, now=NOW),
    booking.assign: lambda c, by: booking.assign(
        booked(c).id,
        Arrangement(chairs=(make.resource(c.place, ResourceKind.CHAIR).public_id,)),
        by=by,
        now=NOW,
    ),
    booking.auto_assign: lambda c, by: booking.auto_assign(
        seated(c).id, by=by, now=NOW
    ),
    booking.reassign_conflict: lambda c, by: booking.reassign_conflict(
        troubled(c),
        make.resource(c.place, ResourceKind.ROOM).public_id,
        by=by,
        now=NOW,
    ),
    booking.approve_conflict: lambda c, by: booking.approve_conflict(
        troubled(c), "needed", by=by, now=NOW
    ),
    booking.cancel_conflict: lambda c, by: booking.cancel_conflict(
        troubled(c), "no room", by=by, now=NOW
    ),
    booking.add_rule: lambda c, by: booking.add_rule(LEAD, by=by, now=NOW),
    booking.drop_rule: lambda c, by: booking.drop_rule(
        booking.add_rule(LEAD, by=make.SYSTEM, now=NOW), by=by, now=NOW
    ),
}


def acts_of_the_house():
    """Find every public function of a service that takes `by`."""
    for room in pkgutil.iter_modules(house.__path__):
        try:
            service = importlib.import_module(f"app.{room.name}.service")
        except ModuleNotFoundError:
            continue
        named = getattr(service, "__all__", ())
        for name, function in inspect.getmembers(service, inspect.isfunction):
            own = function.__module__ == service.__name__ and name[0] != "_"
            asks = "by" in inspect.signature(function).parameters
            if (own or name in named) and asks:
                yield function


def name_of(act):
    """Name an act by its room: the file it stands in is the room's own affair."""
    return f"{act.__module__.split('.')[1]}.{act.__name__}"


def trail(session, actor):
    found = select(func.count()).where(AuditEvent.actor == actor.key)
    return session.scalar(found)


def test_no_act_is_missing_here():
    assert {name_of(act) for act in acts_of_the_house()} == {name_of(a) for a in ACTS}


@pytest.mark.parametrize("act", ACTS, ids=name_of)
def test_a_stranger_is_refused_and_nothing_is_written(session, cast, act):
    # What they may not even see is not there for them.
    with pytest.raises((ForbiddenError, NotFoundError)):
        ACTS[act](cast, STRANGER)

    assert trail(session, STRANGER) == 0


@pytest.mark.parametrize("act", ACTS, ids=name_of)
def test_an_admin_may_and_it_stands_in_the_trail(session, cast, act):
    admin = make.user(Role.ADMIN).actor

    ACTS[act](cast, admin)

    assert trail(session, admin) >= 1


def test_a_letter_for_tokens_stands_in_the_trail(session):
    place = make.facility()
    rao, admin = make.resource(place), make.user(Role.ADMIN).actor

    availability.set_schedule(
        make.schedule_order(place, rao, make.opd()), by=admin, now=NOW
    )

    given = select(AuditEvent.after).where(AuditEvent.action == "resource.prefix_given")
    assert session.scalars(given).all() == [{"token_prefix": "A"}]


def test_who_manages_a_department_takes_time_from_its_people(session):
    place = make.facility()
    medicine = directory.add_department(place, "Medicine", by=make.SYSTEM, now=NOW)
    rao = make.resource(place, department_id=medicine.id)
    suresh = make.user(Role.NURSE, place)
    where = Scope(place.id, department_ids=frozenset({medicine.id}))
    accounts.give_role(
        suresh.username, Role.LOCATION_MANAGER, where, by=make.SYSTEM, now=NOW
    )
    leave = NewException(
        facility_id=place.public_id,
        resource_id=rao.public_id,
        is_available=False,
        during=make.span(NOW, 60),
    )

    assert availability.add_exception(leave, by=suresh.actor, now=NOW)
