"""Routes of the JSON door along the life of an appointment."""

from functools import partial
from typing import Any

from flask import current_app
from msgspec.structs import replace

from app.booking import queries
from app.booking import service as booking
from app.booking.views import (
    Absence,
    CascadeView,
    Holding,
    NewWaiting,
    Once,
    Repeat,
)
from app.core.actor import SYSTEM
from tests import factories as make
from tests.doors.access import Answer, Route, staff
from tests.doors.world import MONDAY, NOW, World, local

_READ = staff(outsider=Answer.HIDDEN)
_WRITE = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)
_APPROVE = staff(
    outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN
)

Row = partial(Route, bearer=True)


def _facility(world: World) -> dict[str, Any]:
    return {"facility_id": world.kochi.public_id}


def _booking(world: World) -> dict[str, Any]:
    return {"appointment_id": world.timed.id}


def _token(world: World, **fields: Any) -> Any:
    return make.token_order(
        world.kochi, world.rao, world.visit, make.patient(), local(11), **fields
    )


def _held(world: World) -> dict[str, Any]:
    order = replace(_token(world), patient_id=None)
    told = booking.hold_token(order, Holding("test"), by=SYSTEM, now=NOW)
    return {"appointment_id": told.id}


def _asked(world: World) -> dict[str, Any]:
    told = booking.book_token(_token(world, request=True), by=SYSTEM, now=NOW)
    return {"appointment_id": told.id}


def _called_off(world: World) -> dict[str, Any]:
    booking.cancel(world.timed.id, "ill", by=SYSTEM, now=NOW)
    return _booking(world)


def _group(world: World) -> dict[str, Any]:
    other = make.patient().public_id
    booking.add_participant(world.timed.id, other, by=SYSTEM, now=NOW)
    return _booking(world) | {"patient_id": other}


def _first(world: World) -> Any:
    order = make.timed_order(
        world.kochi, world.rao, world.visit, make.patient(), local(16)
    )
    return booking.book_series(order, Repeat(occurrences=2), by=SYSTEM, now=NOW)


def _series(world: World) -> dict[str, Any]:
    return {"series_id": _first(world).id}


def _following(world: World) -> dict[str, Any]:
    return {"appointment_id": _first(world).occurrences[0].appointment.id}


def _entry(world: World) -> dict[str, Any]:
    wishes = NewWaiting(
        world.kochi.public_id,
        make.patient().public_id,
        world.visit.public_id,
        MONDAY,
        MONDAY,
    )
    return {"entry_id": booking.join_waitlist(wishes, by=SYSTEM, now=NOW).id}


def _offer(world: World) -> dict[str, Any]:
    _entry(world)
    booking.offer_freed(by=SYSTEM, now=NOW)
    (entry,) = queries.waitlist(world.kochi, by=SYSTEM)
    assert entry.offer is not None
    return {"offer_id": entry.offer.id}


def _order(world: World, hour: int, **more: Any) -> dict[str, Any]:
    return {
        "patient_id": str(world.asha.public_id),
        "type_id": str(world.visit.public_id),
        "starts_at": local(hour).isoformat(),
    } | more


def _of_rao(world: World) -> dict[str, Any]:
    return {"resource_id": str(world.rao.public_id)}


def _window(world: World) -> dict[str, Any]:
    return _facility(world) | {
        "from": local(0).isoformat(),
        "to": local(20).isoformat(),
    }


def _afternoon(world: World) -> dict[str, Any]:
    return _of_rao(world) | {
        "starts_at": local(14).isoformat(),
        "ends_at": local(15).isoformat(),
    }


def struck(world: World) -> CascadeView:
    order = Absence(
        world.kochi.public_id,
        world.rao.public_id,
        local(15),
        starts_at=local(14),
        # Asked twice, for the address and for the body, it is the same one.
        once=Once("routes", "away"),
    )
    # A session of its own, as the request has: what it keeps is undone with it.
    with current_app.app_context():
        return booking.mark_absent(order, by=SYSTEM, now=NOW)


def _cascade(world: World) -> dict[str, Any]:
    return {"cascade_id": struck(world).id}


def _taking(world: World) -> dict[str, Any]:
    (item,) = struck(world).items
    chosen = {
        "appointment_id": str(item.appointment.id),
        "proposal_id": str(item.proposals[0].id),
    }
    return {"choices": [chosen]}


def _listing(world: World) -> dict[str, Any]:
    (item,) = struck(world).items
    return {"appointments": [str(item.appointment.id)]}


_HOLDING = {"holding": {"key": "browser-1"}}
_REPEAT = {"repeat": {"occurrences": 2}}

LIFE = (
    Row(
        "api_holds.hold_token",
        "POST",
        _WRITE,
        args=_facility,
        json=lambda w: _order(w, 11, **_of_rao(w), **_HOLDING),
    ),
    Row(
        "api_holds.hold_timed",
        "POST",
        _WRITE,
        args=_facility,
        json=lambda w: _order(w, 15, resources=[_of_rao(w)], **_HOLDING),
    ),
    Row("api_holds.extend", "POST", _WRITE, args=_held, json=lambda _: {"minutes": 20}),
    Row(
        "api_holds.confirm",
        "POST",
        _WRITE,
        args=_held,
        json=lambda w: {"patient_ids": [str(w.asha.public_id)]},
    ),
    Row("api_holds.release", "POST", _WRITE, args=_held),
    Row("api_requests.index", "GET", _READ, args=_facility),
    Row("api_requests.approve", "POST", _APPROVE, args=_asked),
    Row(
        "api_requests.deny",
        "POST",
        _APPROVE,
        args=_asked,
        json=lambda _: {"reason": "Full"},
    ),
    Row(
        "api_visits.attend",
        "POST",
        _WRITE,
        args=_booking,
        json=lambda _: {"to": "checked_in"},
    ),
    Row("api_visits.no_show", "POST", _WRITE, args=_booking, json=lambda _: {}),
    Row(
        "api_visits.undo",
        "POST",
        _WRITE,
        args=_called_off,
    ),
    Row(
        "api_visits.join",
        "POST",
        _WRITE,
        args=_booking,
        json=lambda _: {"patient_id": str(make.patient().public_id)},
    ),
    Row("api_visits.leave", "POST", _WRITE, args=_group),
    Row(
        "api_series.book_timed",
        "POST",
        _WRITE,
        args=_facility,
        json=lambda w: _order(w, 15, resources=[_of_rao(w)], **_REPEAT),
    ),
    Row(
        "api_series.book_token",
        "POST",
        _WRITE,
        args=_facility,
        json=lambda w: _order(w, 11, **_of_rao(w), **_REPEAT),
    ),
    Row("api_series.show", "GET", _READ, args=_series),
    Row(
        "api_series.cancel",
        "POST",
        _WRITE,
        args=_following,
        json=lambda _: {"reason": "Moved away"},
    ),
    Row(
        "api_series.move",
        "POST",
        _WRITE,
        args=_following,
        json=lambda _: {"starts_at": local(15).isoformat()},
    ),
    Row("api_waitlist.index", "GET", _WRITE, args=_facility),
    Row(
        "api_waitlist.join",
        "POST",
        _WRITE,
        args=_facility,
        json=lambda w: {
            "patient_id": str(w.asha.public_id),
            "type_id": str(w.visit.public_id),
            "first_day": "2026-03-02",
            "last_day": "2026-03-09",
            "earliest": "09:00",
        },
    ),
    Row("api_waitlist.leave", "POST", _WRITE, args=_entry),
    Row("api_waitlist.accept", "POST", _WRITE, args=_offer),
    Row("api_waitlist.decline", "POST", _WRITE, args=_offer),
    Row(
        "api_cascades.index",
        "GET",
        _READ,
        args=_window,
    ),
    Row(
        "api_cascades.mark_absent",
        "POST",
        _APPROVE,
        args=_facility,
        json=_afternoon,
    ),
    Row(
        "api_cascades.plan_maintenance",
        "POST",
        _APPROVE,
        args=_facility,
        json=lambda w: _afternoon(w) | {"policy": "notify"},
    ),
    Row("api_cascades.show", "GET", _READ, args=_cascade),
    Row("api_cascades.propose", "POST", _APPROVE, args=_cascade),
    Row("api_cascades.apply", "POST", _WRITE, args=_cascade, json=_taking),
    Row("api_cascades.leave_to_list", "POST", _WRITE, args=_cascade, json=_listing),
    Row("api_cascades.undo", "POST", _APPROVE, args=_cascade),
)
