"""Every act asks whether its actor may, and leaves a line in the trail."""

import importlib
import inspect
import pkgutil

import pytest
from sqlalchemy import func, select

import app as house
from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.audit.models import AuditEvent
from app.availability import service as availability
from app.availability.views import NewException
from app.core.errors import ForbiddenError, NotFoundError
from app.directory import service as directory
from tests import factories as make
from tests.factories import NOW
from tests.rooms.acts import ACTS
from tests.rooms.cast import STRANGER


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
    where = Reach(place.id, department_id=medicine.id)
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
