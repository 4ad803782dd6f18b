"""Routes of the JSON door for what is more urgent, and for messages."""

from datetime import timedelta
from functools import partial
from typing import Any

from app.booking import displacement_queries as queries
from app.booking import service as booking
from app.booking.kinds import Priority
from app.core.actor import SYSTEM
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.doors.access import Answer, Route, staff
from tests.doors.world import NOW, World, local

_MAY = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN)
_WRITE = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)

Row = partial(Route, bearer=True)


def _facility(world: World) -> dict[str, Any]:
    return {"facility_id": world.kochi.public_id}


def _over(world: World) -> dict[str, Any]:
    return _order(world, world.rao.public_id, 11)


def _emergency(world: World) -> dict[str, Any]:
    return _order(world, world.theatre.public_id, 11)


def _order(world: World, resource_id: Any, hour: int) -> dict[str, Any]:
    return {
        "patient_id": str(make.patient().public_id),
        "type_id": str(world.visit.public_id),
        "starts_at": local(hour).isoformat(),
        "resources": [{"resource_id": str(resource_id)}],
        "reason": "Urgent",
    }


def given_way(world: World) -> Any:
    """Let a case give way in a theatre of its own."""
    theatre = make.resource(world.kochi, ResourceKind.LOCATION)
    make.hours(world.kochi, theatre)
    start = local(9)
    for priority in (Priority.ELECTIVE, Priority.EMERGENCY):
        order = make.timed_order(
            world.kochi,
            theatre,
            world.visit,
            make.patient(),
            start,
            ends_at=start + timedelta(minutes=30),
            priority=priority,
        )
        if priority is Priority.ELECTIVE:
            booking.book_timed(order, by=SYSTEM, now=NOW)
    return booking.admit_emergency(order, "Urgent", by=SYSTEM, now=NOW)


def _displacement(world: World) -> dict[str, Any]:
    return {"displacement_id": given_way(world).id}


def _rebooking(world: World) -> dict[str, Any]:
    given_way(world)
    return {"rebooking_id": queries.rebookings(world.kochi, by=SYSTEM)[-1].id}


URGENT = (
    Row("api_displacements.over_slots", "POST", _MAY, args=_facility, json=_over),
    Row(
        "api_displacements.preview_over_slots",
        "POST",
        _MAY,
        args=_facility,
        json=_over,
    ),
    Row("api_displacements.emergency", "POST", _MAY, args=_facility, json=_emergency),
    Row(
        "api_displacements.preview_emergency",
        "POST",
        _MAY,
        args=_facility,
        json=_emergency,
    ),
    Row("api_displacements.show", "GET", _WRITE, args=_displacement),
    Row("api_displacements.rebookings", "GET", _WRITE, args=_facility),
    Row("api_displacements.propose", "POST", _WRITE, args=_rebooking),
    Row("api_displacements.book", "POST", _WRITE, args=_rebooking, json=lambda _: {}),
    Row(
        "api_displacements.drop",
        "POST",
        _WRITE,
        args=_rebooking,
        json=lambda _: {"reason": "Went elsewhere"},
    ),
    Row(
        "api_messages.of_appointment",
        "GET",
        _WRITE,
        args=lambda world: {"appointment_id": world.timed.id},
    ),
    Row("api_messages.mine", "GET", staff()),
)
