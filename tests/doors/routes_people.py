"""Routes of the JSON door about people: roles, places and their keepers, lending."""

from functools import partial
from typing import Any

from flask import current_app

from app.accounts import service as accounts
from app.accounts.permissions import Permission
from app.accounts.roles import NewRole
from app.core.actor import SYSTEM
from tests import factories as make
from tests.doors.access import Answer, Route, staff
from tests.doors.world import NOW, World, local

_ADMIN = staff(
    outsider=Answer.FORBIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN
)
_KEEPER = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN)

Row = partial(Route, bearer=True)


def _clerk(world: World) -> dict[str, Any]:
    # A session of its own, as the request has: what it keeps is undone with it.
    with current_app.app_context():
        order = NewRole("clerk", "Clerk", frozenset({Permission.VIEW_CALENDAR}))
        accounts.add_role(order, by=SYSTEM, now=NOW)
    return {"code": "clerk"}


def _meena(world: World) -> dict[str, Any]:
    return {"username": world.meena.username}


def _theatre(world: World) -> dict[str, Any]:
    return {
        "facility_id": world.kochi.public_id,
        "resource_id": world.theatre.public_id,
    }


def _user(world: World) -> dict[str, Any]:
    return {"username": world.meena.username, "role": "location_user"}


def _lending(world: World) -> dict[str, Any]:
    return {
        "to": make.user(None).username,
        "permissions": ["booking:view_calendar"],
        "facility_id": str(world.kochi.public_id),
        "resource_ids": [str(world.rao.public_id)],
        "starts_at": local(9).isoformat(),
        "ends_at": local(17).isoformat(),
    }


def _named(_: World) -> dict[str, Any]:
    return {"name": "Clerk", "permissions": ["booking:view_calendar"]}


PEOPLE = (
    Row("api_roles.index", "GET", _ADMIN),
    Row(
        "api_roles.add", "POST", _ADMIN, json=lambda w: {"code": "porter", **_named(w)}
    ),
    Row("api_roles.change", "PUT", _ADMIN, args=_clerk, json=_named),
    Row("api_roles.drop", "POST", _ADMIN, args=_clerk),
    Row("api_roles.held", "GET", _ADMIN, args=_meena),
    Row(
        "api_roles.give",
        "POST",
        _ADMIN,
        args=_meena,
        json=lambda _: {"role": "nurse"},
    ),
    Row(
        "api_roles.take",
        "POST",
        _ADMIN,
        args=_meena,
        json=lambda _: {"role": "nurse"},
    ),
    Row("api_places.people", "GET", _KEEPER, args=_theatre),
    Row("api_places.appoint", "POST", _KEEPER, args=_theatre, json=_user),
    Row("api_places.remove", "POST", _KEEPER, args=_theatre, json=_user),
    Row(
        "api_places.open_place",
        "PUT",
        _KEEPER,
        args=_theatre,
        json=lambda _: {"restricted": True},
    ),
    Row("api_delegations.index", "GET", staff()),
    Row("api_delegations.everybodys", "GET", _ADMIN),
    Row("api_delegations.lend", "POST", staff(outsider=Answer.HIDDEN), json=_lending),
    Row(
        "api_delegations.revoke",
        "POST",
        staff(outsider=Answer.HIDDEN, analyst=Answer.HIDDEN, desk=Answer.HIDDEN),
        args=lambda world: {"delegation_id": world.lent},
    ),
    Row(
        "api_appointments.trail",
        "GET",
        staff(outsider=Answer.HIDDEN),
        args=lambda world: {"appointment_id": world.timed.id},
    ),
)
