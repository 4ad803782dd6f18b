"""Routes of the staff's waitlist."""

from typing import Any

from app.booking import queries
from app.booking import service as booking
from app.booking.views import NewWaiting
from app.core.actor import SYSTEM
from tests import factories as make
from tests.doors.access import Answer, Route, staff
from tests.doors.world import MONDAY, NOW, World

# Who waits is a patient: not for who only looks at figures.
_ACT = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)


def _facility(world: World) -> dict[str, Any]:
    return {"facility": world.kochi.slug}


def _wish(world: World) -> dict[str, Any]:
    return {
        "patient": world.asha.public_id,
        "type": world.visit.public_id,
        "first": MONDAY.isoformat(),
        "last": MONDAY.isoformat(),
        "on": "0",
    }


def _entry(world: World) -> dict[str, Any]:
    wishes = NewWaiting(
        world.kochi.public_id,
        make.patient().public_id,
        world.visit.public_id,
        MONDAY,
        MONDAY,
    )
    told = booking.join_waitlist(wishes, by=SYSTEM, now=NOW)
    return _facility(world) | {"entry": told.id}


def _offer(world: World) -> dict[str, Any]:
    _entry(world)
    booking.offer_freed(by=SYSTEM, now=NOW)
    (entry,) = queries.waitlist(world.kochi, by=SYSTEM)
    assert entry.offer is not None
    return _facility(world) | {"offer": entry.offer.id}


WAITLIST = (
    Route("waitlist.index", "GET", _ACT, args=_facility),
    Route("waitlist.form", "GET", _ACT, args=_facility),
    Route("waitlist.join", "POST", _ACT, args=_facility, form=_wish),
    Route("waitlist.leave", "POST", _ACT, args=_entry),
    Route("waitlist.offer", "POST", _ACT, args=_facility),
    Route("waitlist.accept", "POST", _ACT, args=_offer),
    Route("waitlist.decline", "POST", _ACT, args=_offer),
)
