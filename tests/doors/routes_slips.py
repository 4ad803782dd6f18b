"""Routes of who comes: the desk's, the slip's, and those without a sign-in."""

from typing import Any

from app.core.actor import SYSTEM
from app.queues import queries, service
from app.queues.views import NewWalkIn
from tests import factories as make
from tests.doors.access import Answer, Route, everybody, staff
from tests.doors.world import NOW, World

ACT = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)


def _came(world: World) -> Any:
    wanted = NewWalkIn(
        world.kochi.public_id,
        world.rao.public_id,
        world.visit.public_id,
        patient_id=make.patient().public_id,
    )
    return service.walk_in(wanted, by=SYSTEM, now=NOW)


def _facility(world: World) -> dict[str, Any]:
    return {"facility": world.kochi.slug}


def _entry(world: World) -> dict[str, Any]:
    return {"entry": _came(world).id}


def _secret(world: World) -> dict[str, Any]:
    return {"secret": queries.slip(_came(world).id, by=SYSTEM, now=NOW).secret}


def _new(world: World) -> dict[str, Any]:
    kind = str(world.visit.public_id)
    return {"choice": "new", "with": world.rao.code, "type": kind}


SLIPS = (
    Route("arrivals.index", "GET", ACT, args=_facility),
    Route("arrivals.sign", "GET", ACT, args=_facility),
    Route("arrivals.come", "POST", ACT, args=_facility, form=_new),
    Route(
        "arrivals.check_in",
        "POST",
        ACT,
        args=lambda world: {"appointment": world.token.id},
    ),
    Route("slips.show", "GET", ACT, args=_entry),
    Route("slips.printed", "POST", ACT, args=_entry, form=lambda _: {"copy": "1"}),
    Route("slips.undo", "POST", ACT, args=_entry),
    Route("status.show", "GET", everybody(), args=_secret),
    Route("arriving.form", "GET", everybody(), args=_facility),
    Route(
        "arriving.arrive",
        "POST",
        everybody(),
        args=_facility,
        form=lambda world: {"reference": world.token.reference},
    ),
)
