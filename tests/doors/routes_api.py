"""Routes of the JSON door."""

from functools import partial
from typing import Any

from tests.doors.access import Answer, Route, everybody, staff
from tests.doors.world import World, local

_READ = staff(outsider=Answer.HIDDEN)
_WRITE = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)

Row = partial(Route, bearer=True)


def _facility(world: World) -> dict[str, Any]:
    return {"facility_id": world.kochi.public_id}


def _resource(world: World, **query: Any) -> dict[str, Any]:
    return _facility(world) | {"resource_id": world.rao.public_id} | query


def _booking(world: World) -> dict[str, Any]:
    return {"appointment_id": world.timed.id}


def _order(world: World, hour: int) -> dict[str, Any]:
    return {
        "patient_id": str(world.asha.public_id),
        "type_id": str(world.visit.public_id),
        "starts_at": local(hour).isoformat(),
    }


API = (
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
)
