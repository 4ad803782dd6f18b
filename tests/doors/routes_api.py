"""Routes of the JSON door."""

from functools import partial
from typing import Any

from flask import current_app
from msgspec.structs import replace

from app.availability import queries as hours_queries
from app.booking import resource_queries as queries
from app.booking import service as booking
from app.booking.views import Want
from app.core.actor import SYSTEM
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.directory.views import ResourceView
from tests import factories as make
from tests.doors.access import Answer, Person, Route, everybody, staff
from tests.doors.world import NOW, World, local

_READ = staff(outsider=Answer.HIDDEN)
_ASIDE = staff(outsider=Answer.FORBIDDEN)
_WRITE = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)

Row = partial(Route, bearer=True)


def _facility(world: World) -> dict[str, Any]:
    return {"facility_id": world.kochi.public_id}


def _resource(world: World, **query: Any) -> dict[str, Any]:
    return _facility(world) | {"resource_id": world.rao.public_id} | query


def _booking(world: World) -> dict[str, Any]:
    return {"appointment_id": world.timed.id}


def _window(world: World, **more: Any) -> dict[str, Any]:
    span = {"from": local(0).isoformat(), "to": local(20).isoformat()}
    return _facility(world) | span | more


def _conflict(world: World) -> dict[str, Any]:
    """Book a room that goes out of use; it is undone with the rest of the request."""
    room = _room(world)
    order = make.timed_order(world.kochi, room, world.visit, world.asha, local(15))
    both = (Want(world.theatre.public_id), *order.resources)
    # A session of its own, as the request has: what it keeps is undone with it.
    with current_app.app_context():
        booking.book_timed(replace(order, resources=both), by=SYSTEM, now=NOW)
        directory.change_resource(room.public_id, by=SYSTEM, now=NOW, active=False)
        found = queries.conflicts(world.kochi.public_id, by=SYSTEM)
    return {"conflict_id": found[0].id}


def _approved(world: World) -> dict[str, Any]:
    asked = _conflict(world)
    with current_app.app_context():
        if queries.conflict(asked["conflict_id"], by=SYSTEM).resolved_at is None:
            booking.approve_conflict(asked["conflict_id"], "fits", by=SYSTEM, now=NOW)
    return asked


def _room(world: World) -> ResourceView:
    with current_app.app_context():
        room = make.resource(world.kochi, ResourceKind.ROOM)
        make.hours(world.kochi, room)
    return room


def _order(world: World, hour: int) -> dict[str, Any]:
    return {
        "patient_id": str(world.asha.public_id),
        "type_id": str(world.visit.public_id),
        "starts_at": local(hour).isoformat(),
    }


def _window(world: World, **query: Any) -> dict[str, Any]:
    day = {"from": local(0).isoformat(), "to": local(20).isoformat()}
    return _facility(world) | day | query


def _hours(world: World) -> dict[str, Any]:
    session = {"kind": "open", "weekdays": [0], "start": "09:00", "end": "12:00"}
    return {
        "resource_id": str(world.theatre.public_id),
        "valid_from": "2026-04-06",
        "sessions": [session],
    }


def _away(world: World) -> dict[str, Any]:
    return {
        "resource_id": str(world.rao.public_id),
        "is_available": False,
        "starts_at": local(9).isoformat(),
        "ends_at": local(12).isoformat(),
    }


def _repair(world: World) -> dict[str, Any]:
    return {each: value for each, value in _away(world).items() if each[:3] != "is_"}


def _a_session(world: World) -> dict[str, Any]:
    versions = hours_queries.schedule(world.kochi, world.rao, by=SYSTEM)
    return {"availability_id": versions[0].sessions[0].id}


def _a_leave(world: World) -> dict[str, Any]:
    return {"exception_id": world.leave}


def _a_repair(world: World) -> dict[str, Any]:
    return {"maintenance_id": world.repair}


def _a_rule(world: World) -> dict[str, Any]:
    return {"rule_id": world.rule}


_MANAGE = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN)
_BY_ID = staff(
    outsider=Answer.FORBIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN
)

HOURS = (
    Row("api_hours.own_schedule", "GET", _READ, args=_facility),
    Row("api_hours.schedule", "GET", _READ, args=_resource),
    Row("api_hours.set_schedule", "POST", _MANAGE, args=_facility, json=_hours),
    Row("api_hours.preview_schedule", "POST", _MANAGE, args=_facility, json=_hours),
    Row(
        "api_hours.edit_session",
        "POST",
        _BY_ID,
        args=_a_session,
        json=lambda _: {"from_day": "2026-03-09", "session": None},
    ),
    Row("api_hours.exceptions", "GET", _READ, args=_window),
    Row("api_hours.add_exception", "POST", _MANAGE, args=_facility, json=_away),
    Row("api_hours.preview_exception", "POST", _MANAGE, args=_facility, json=_away),
    Row("api_hours.revoke_exception", "POST", _BY_ID, args=_a_leave),
    Row("api_hours.maintenance", "GET", _READ, args=_window),
    Row("api_hours.add_maintenance", "POST", _MANAGE, args=_facility, json=_repair),
    Row("api_hours.preview_maintenance", "POST", _MANAGE, args=_facility, json=_repair),
    Row(
        "api_hours.revoke_maintenance",
        "POST",
        _BY_ID,
        args=_a_repair,
        json=lambda _: {},
    ),
    Row("api_hours.stranded", "GET", _READ, args=_window),
    Row(
        "api_hours.check",
        "GET",
        _READ,
        args=lambda world: _window(world, resource_id=world.rao.public_id),
    ),
    Row(
        "api_slots.month",
        "GET",
        _READ,
        args=lambda world: _facility(world) | {"first_day": "2026-03-01"},
    ),
    Row("api_rules.index", "GET", _MANAGE, args=_facility),
    Row(
        "api_rules.add",
        "POST",
        _BY_ID,
        json=lambda _: {"kind": "lead_time", "settings": {"minutes": 5}},
    ),
    Row("api_rules.drop", "POST", _BY_ID, args=_a_rule),
)

API = (
    *HOURS,
    Route("api_docs.document", "GET", everybody()),
    Route("api_docs.page", "GET", everybody()),
    Row("api_directory.facilities", "GET", staff()),
    Row("api_directory.types", "GET", staff()),
    Row("api_directory.departments", "GET", _READ, args=_facility),
    Row("api_directory.resources", "GET", _READ, args=_facility),
    Row(
        "api_patients.search",
        "GET",
        _WRITE,
        args=lambda world: _facility(world) | {"q": "asha"},
    ),
    Row(
        "api_patients.register",
        "POST",
        _WRITE,
        json=lambda world: {
            "facility_id": str(world.kochi.public_id),
            "name": "Leela",
        },
    ),
    Row(
        "api_patients.correct",
        "PUT",
        _WRITE,
        args=lambda world: {"patient_id": world.asha.public_id},
        json=lambda world: {
            "facility_id": str(world.kochi.public_id),
            "name": "Asha Nair",
        },
    ),
    Row(
        "api_patients.show",
        "GET",
        _WRITE,
        args=lambda world: _facility(world) | {"patient_id": world.asha.public_id},
    ),
    Row(
        "api_slots.day",
        "GET",
        _READ,
        args=lambda world: _resource(world, day="2026-03-02"),
    ),
    Row(
        "api_slots.openings",
        "GET",
        _READ,
        args=lambda world: _resource(world, type_id=world.visit.public_id),
    ),
    Row(
        "api_appointments.book_token",
        "POST",
        _WRITE,
        args=_facility,
        json=lambda world: (
            _order(world, 10) | {"resource_id": str(world.rao.public_id)}
        ),
    ),
    Row(
        "api_appointments.book_timed",
        "POST",
        _WRITE,
        args=_facility,
        json=lambda world: (
            _order(world, 15)
            | {"resources": [{"resource_id": str(world.rao.public_id)}]}
        ),
    ),
    Row(
        "api_appointments.index",
        "GET",
        _READ,
        args=lambda world: (
            _facility(world)
            | {"from": local(0).isoformat(), "to": local(20).isoformat()}
        ),
    ),
    Row("api_appointments.show", "GET", _READ, args=_booking),
    Row(
        "api_appointments.move",
        "POST",
        _WRITE,
        args=_booking,
        json=lambda _: {"starts_at": local(15).isoformat()},
    ),
    Row(
        "api_appointments.cancel",
        "POST",
        staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN),
        args=_booking,
        json=lambda _: {"reason": "Called off"},
    ),
    Row("api_resources.show", "GET", _READ, args=_booking),
    Row(
        "api_resources.assign",
        "PUT",
        _WRITE,
        args=_booking,
        json=lambda world: {"room_id": str(world.theatre.public_id)},
    ),
    Row("api_resources.auto_assign", "POST", _WRITE, args=_booking),
    Row("api_resources.availability", "GET", _ASIDE, args=_window),
    Row(
        "api_resources.schedule",
        "GET",
        _ASIDE,
        args=lambda world: _window(world, resource_id=world.rao.public_id),
    ),
    Row(
        "api_resources.check_conflict",
        "POST",
        _ASIDE,
        json=lambda world: {
            "facility_id": str(world.kochi.public_id),
            "resources": [
                {
                    "resource_id": str(world.rao.public_id),
                    "starts_at": local(14).isoformat(),
                    "ends_at": local(15).isoformat(),
                }
            ],
        },
    ),
    Row(
        "api_resources.use",
        "GET",
        staff(outsider=Answer.FORBIDDEN, desk=Answer.FORBIDDEN),
        args=_window,
    ),
    Row("api_conflicts.index", "GET", _ASIDE, args=_facility),
    Row(
        "api_conflicts.reassign",
        "POST",
        _WRITE,
        args=_conflict,
        json=lambda world: {"resource_id": str(_room(world).public_id)},
    ),
    Row(
        "api_conflicts.approve",
        "POST",
        _WRITE | {Person.DESK: Answer.FORBIDDEN},
        args=_conflict,
        json=lambda _: {"reason": "It will do"},
    ),
    Row(
        "api_conflicts.reopen",
        "POST",
        _WRITE | {Person.DESK: Answer.FORBIDDEN},
        args=_approved,
    ),
    Row(
        "api_conflicts.cancel",
        "POST",
        _WRITE,
        args=_conflict,
        json=lambda _: {"reason": "No room"},
    ),
)
