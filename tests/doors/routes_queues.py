"""Routes of the JSON door for check-in, queues, counters and their policies."""

from functools import partial
from typing import Any

from app.core.actor import SYSTEM
from app.queues import service
from app.queues.views import NewCounter, NewWalkIn
from tests import factories as make
from tests.doors.access import Answer, Route, staff
from tests.doors.world import NOW, World, local

_READ = staff(outsider=Answer.HIDDEN)
_WRITE = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)
_MANAGE = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN)
_BY_ID = staff(
    outsider=Answer.FORBIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN
)
_PEOPLE = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)
_ANALYSE = staff(outsider=Answer.HIDDEN, desk=Answer.FORBIDDEN)

Row = partial(Route, bearer=True)


def _facility(world: World) -> dict[str, Any]:
    return {"facility_id": world.kochi.public_id}


def _at_desk(world: World) -> dict[str, Any]:
    return {"patient_id": world.asha.public_id, **_facility(world)}


def _of_rao(world: World) -> dict[str, Any]:
    return _facility(world) | {"resource_id": world.rao.public_id}


def _came(world: World) -> Any:
    wanted = NewWalkIn(
        world.kochi.public_id,
        world.rao.public_id,
        world.visit.public_id,
        patient_id=make.patient().public_id,
    )
    return service.walk_in(wanted, by=SYSTEM, now=NOW)


def _entry(world: World, *steps: Any) -> dict[str, Any]:
    told = _came(world)
    for step in steps:
        step(told.id, by=SYSTEM, now=NOW)
    return {"entry_id": told.id}


def _queue(world: World) -> dict[str, Any]:
    return {"queue_id": _came(world).queue_id}


def _paused(world: World) -> dict[str, Any]:
    queue = _queue(world)
    service.pause(queue["queue_id"], "", by=SYSTEM, now=NOW)
    return queue


def _counter(world: World) -> dict[str, Any]:
    wanted = NewCounter(world.kochi.public_id, "1", "Counter 1")
    return {"counter_id": service.add_counter(wanted, by=SYSTEM, now=NOW).id}


def _walk_in(world: World) -> dict[str, Any]:
    return {
        "resource_id": str(world.rao.public_id),
        "type_id": str(world.visit.public_id),
        "person": {"name": "Unknown"},
    }


def _elsewhere(world: World) -> dict[str, Any]:
    return {"resource_id": str(world.theatre.public_id)}


def _boost(world: World) -> dict[str, Any]:
    until = local(12).isoformat()
    return {"minutes": 10, "reason": "fever", "until": until}


def _empty(world: World) -> dict[str, Any]:
    return {}


def _period(world: World) -> dict[str, Any]:
    day = {"from": local(0).isoformat(), "to": local(20).isoformat()}
    return _facility(world) | day


def _act(name: str, *steps: Any, json: Any = None) -> Route:
    return Row(
        f"api_queues.{name}",
        "POST",
        _WRITE,
        args=lambda world: _entry(world, *steps),
        json=json,
    )


QUEUES = (
    Row(
        "api_queues.check_in",
        "POST",
        _WRITE,
        args=lambda world: {"appointment_id": world.token.id},
        json=_empty,
    ),
    Row("api_queues.walk_in", "POST", _WRITE, args=_facility, json=_walk_in),
    Row("api_queues.walk_in_places", "GET", _READ, args=_of_rao),
    Row("api_queues.index", "GET", _READ, args=_facility),
    Row("api_queues.show", "GET", _READ, args=_queue),
    Row("api_queues.call_next", "POST", _WRITE, args=_queue, json=_empty),
    Row("api_queues.pause", "POST", _WRITE, args=_queue, json=_empty),
    Row("api_queues.resume", "POST", _WRITE, args=_queue),
    Row("api_queues.late", "POST", _WRITE, args=_queue, json=lambda _: {"minutes": 20}),
    Row("api_queues.undo_in_queue", "POST", _WRITE, args=_paused),
    Row("api_queues.entry", "GET", _READ, args=_entry),
    Row("api_queues.slips", "GET", _WRITE, args=_facility),
    Row("api_queues.slip", "GET", _WRITE, args=_entry),
    _act("printed", json=lambda _: {"copy": 1}),
    _act("call", json=_empty),
    _act("recall", service.call),
    _act("skip"),
    _act("hold"),
    _act("bring_back", service.hold),
    _act("transfer", json=_elsewhere),
    _act("start", json=_empty),
    _act("complete", service.start),
    _act("send_for_tests", service.start),
    _act("mark_present"),
    _act("boost", json=_boost),
    _act("prioritise", json=lambda _: {"level": "urgent", "reason": "fever"}),
    _act("undo", service.hold),
    Row("api_lobby.policies", "GET", _MANAGE, args=_facility),
    Row("api_lobby.save_policy", "POST", _MANAGE, args=_facility, json=_empty),
    Row("api_lobby.preview_policy", "POST", _MANAGE, args=_facility, json=_empty),
    Row("api_lobby.counters", "GET", _READ, args=_facility),
    Row(
        "api_lobby.add_counter",
        "POST",
        _MANAGE,
        args=_facility,
        json=lambda _: {"code": "2", "name": "Counter 2"},
    ),
    Row(
        "api_lobby.change_counter",
        "POST",
        _BY_ID,
        args=_counter,
        json=lambda _: {"name": "Window"},
    ),
    Row("api_lobby.visits", "GET", _PEOPLE, args=_at_desk),
    Row(
        "api_lobby.set_needs",
        "POST",
        _PEOPLE,
        args=lambda world: {"patient_id": world.asha.public_id},
        json=lambda world: {
            "facility_id": str(world.kochi.public_id),
            "needs": ["pregnant"],
        },
    ),
    Row("api_lobby.accuracy", "GET", _ANALYSE, args=_period),
)
