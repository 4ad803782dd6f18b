"""Routes of who comes: the desk's, the slip's, and those without a sign-in."""

from typing import Any

from app.booking import service as booking
from app.booking.views import NewPlace
from app.core.actor import SYSTEM
from app.queues import queries, service
from app.queues.views import NewWalkIn
from tests import factories as make
from tests.doors.access import Answer, Route, everybody, staff
from tests.doors.visits import secret_of, waiting_offer
from tests.doors.world import NOW, World, local

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


def _due(world: World) -> dict[str, Any]:
    return {"appointment": world.token.id}


def _secret(world: World) -> dict[str, Any]:
    return {"secret": queries.slip(_came(world).id, by=SYSTEM, now=NOW).secret}


def _booked(world: World) -> dict[str, Any]:
    # Its own for each row: tries are counted by the visit.
    order = make.timed_order(world.kochi, world.rao, world.visit, world.asha, local(15))
    return {"secret": secret_of(booking.book_timed(order, by=SYSTEM, now=NOW))}


def _offered(world: World) -> dict[str, Any]:
    to = NewPlace(local(11))
    told = booking.offer_place(world.asked.id, to, by=SYSTEM, now=NOW)
    return {"secret": secret_of(told)}


def _waited(world: World) -> dict[str, Any]:
    return {"secret": secret_of(waiting_offer(world))}


def _seen(world: World) -> dict[str, Any]:
    came = _came(world)
    service.mark_present(came.id, by=SYSTEM, now=NOW)
    service.call(came.id, by=SYSTEM, now=NOW)
    service.start(came.id, by=SYSTEM, now=NOW)
    service.complete(came.id, by=SYSTEM, now=NOW)
    return {"secret": queries.slip(came.id, by=SYSTEM, now=NOW).secret}


def _proof(world: World) -> dict[str, Any]:
    return {"digits": (world.asha.phone or "")[-4:]}


def _elsewhere(world: World) -> dict[str, Any]:
    return _proof(world) | {"starts_at": local(16).isoformat()}


def _new(world: World) -> dict[str, Any]:
    kind = str(world.visit.public_id)
    return {"choice": "new", "with": world.rao.code, "type": kind}


SLIPS = (
    Route("arrivals.index", "GET", ACT, args=_facility),
    Route("arrivals.sign", "GET", ACT, args=_facility),
    Route(
        "arrivals.places",
        "GET",
        ACT,
        args=lambda world: _facility(world) | {"with": world.rao.code},
    ),
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
    Route("slips.booked", "GET", ACT, args=_due),
    Route("slips.booked_printed", "POST", ACT, args=_due, form=lambda _: {"copy": "1"}),
    Route("status.show", "GET", everybody(), args=_secret),
    Route("status.calendar", "GET", everybody(), args=_secret),
    Route("old_status.moved", "GET", everybody(), args=_secret),
    Route("visit.come", "POST", everybody(), args=_booked),
    Route("visit.accept", "POST", everybody(), args=_offered),
    Route("visit.decline", "POST", everybody(), args=_waited),
    Route("visit.ask_cancel", "GET", everybody(), args=_secret),
    Route("visit.cancel", "POST", everybody(), args=_booked, form=_proof),
    Route("visit.ask_move", "GET", everybody(), args=_secret),
    Route("visit.move", "POST", everybody(), args=_booked, form=_elsewhere),
    Route("visit.ask_rating", "GET", everybody(), args=_seen),
    Route("visit.rate", "POST", everybody(), args=_seen, form=lambda _: {"stars": "5"}),
    Route("joining.ask", "GET", everybody(), args=_secret),
    Route("joining.join", "POST", everybody(), args=_secret),
    Route("arriving.form", "GET", everybody(), args=_facility),
    Route(
        "arriving.arrive",
        "POST",
        everybody(),
        args=_facility,
        form=lambda world: {"reference": world.token.reference},
    ),
)
