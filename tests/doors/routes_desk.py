"""Routes of the staff's queue pages."""

from typing import Any

from app.core.actor import SYSTEM
from app.queues import service
from app.queues.views import NewWalkIn
from tests import factories as make
from tests.doors.access import Answer, Route, staff
from tests.doors.world import NOW, World

LOOK = staff(outsider=Answer.HIDDEN)
ACT = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)


def _entry(world: World) -> dict[str, Any]:
    wanted = NewWalkIn(
        world.kochi.public_id,
        world.rao.public_id,
        world.visit.public_id,
        patient_id=make.patient().public_id,
    )
    told = service.walk_in(wanted, by=SYSTEM, now=NOW)
    return {"queue": told.queue_id, "entry": told.id, "act": "hold"}


def _queue(world: World) -> dict[str, Any]:
    return {"queue": _entry(world)["queue"]}


def _facility(world: World) -> dict[str, Any]:
    return {"facility": world.kochi.slug}


DESK = (
    Route("queues.index", "GET", LOOK, args=_facility),
    Route("queues.show", "GET", LOOK, args=_queue),
    Route(
        "queues.choose_counter",
        "POST",
        LOOK,
        args=_queue,
        form=lambda _: {"counter": ""},
    ),
    Route("queues.call_next", "POST", ACT, args=_queue),
    Route("queues.pause", "POST", ACT, args=_queue, form=lambda _: {"what": "pause"}),
    Route("queues.do", "POST", ACT, args=_entry),
)
