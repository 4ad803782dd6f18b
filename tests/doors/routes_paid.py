"""Routes of acting for somebody; and as JSON receipts, merges, notices, levels."""

from functools import partial
from typing import Any
from uuid import uuid4

from app.accounts import service as accounts
from app.accounts.delegating import NewDelegation
from app.accounts.permissions import Permission
from app.core.actor import SYSTEM
from app.notifications import queries as notices
from app.queues import service as queues
from app.queues.views import NewLevel
from tests import factories as make
from tests.doors.access import Answer, Route, staff
from tests.doors.routes_money import ACT, KEEP, both, merged, receipt
from tests.doors.routes_setup import ANYWHERE
from tests.doors.world import NOW, World

Row = partial(Route, bearer=True)

_OWN = staff(outsider=Answer.HIDDEN, analyst=Answer.HIDDEN, admin=Answer.HIDDEN)


def _visit(world: World) -> dict[str, Any]:
    return {"appointment_id": world.timed.id}


def _receipt(world: World) -> dict[str, Any]:
    return {"receipt_id": receipt(world)["receipt"]}


def _paid(_: World) -> dict[str, Any]:
    return {"id": str(uuid4()), "amount": "5", "method": "upi", "paid_by": "Asha"}


def _here(world: World) -> dict[str, Any]:
    return {"facility_id": str(world.kochi.public_id)}


def _asha(world: World) -> dict[str, Any]:
    return {"patient_id": world.asha.public_id}


def _twice(world: World) -> dict[str, Any]:
    return _here(world) | {"merged_id": str(both(world)["other"])}


def _merge(world: World) -> dict[str, Any]:
    return {"merge_id": merged(world)["merge_id"]}


def _notice(world: World) -> Any:
    return notices.notices(by=world.meena.actor)[0].id


def _level(world: World) -> dict[str, Any]:
    made = queues.add_level(NewLevel("Ward"), by=SYSTEM, now=NOW)
    return {"level_id": made.id}


def _loan(world: World) -> dict[str, Any]:
    order = NewDelegation(
        to=world.meena.username,
        permissions=frozenset({Permission.VIEW_CALENDAR}),
        facility_id=world.kochi.id,
        things=frozenset({world.rao.thing}),
        during=make.span(NOW, 60),
    )
    return {"loan": str(accounts.delegate(order, by=world.admin.actor, now=NOW))}


PAID = (
    Route("acting.index", "GET", staff()),
    Route("acting.choose", "POST", _OWN, form=_loan),
    Route("acting.stop", "POST", staff()),
    Row("api_receipts.of_appointment", "GET", ACT, args=_visit),
    Row("api_receipts.take", "POST", ACT, args=_visit, json=_paid),
    Row("api_receipts.show", "GET", ACT, args=_receipt),
    Row(
        "api_receipts.void",
        "POST",
        KEEP,
        args=_receipt,
        json=lambda _: {"reason": "Wrong amount"},
    ),
    Row("api_merges.doubles", "GET", ACT, args=lambda w: _asha(w) | _here(w)),
    Row("api_merges.index", "GET", ACT, args=lambda w: _asha(w) | _here(w)),
    Row("api_merges.merge", "POST", KEEP, args=_asha, json=_twice),
    Row("api_merges.undo", "POST", KEEP, args=_merge, json=_here),
    Row("api_notices.index", "GET", staff()),
    Row(
        "api_notices.read",
        "POST",
        _OWN,
        args=lambda world: {"notice_id": _notice(world)},
    ),
    Row(
        "api_notices.read_all",
        "POST",
        _OWN,
        json=lambda world: {"latest": str(_notice(world))},
    ),
    Row("api_levels.index", "GET", staff()),
    Row("api_levels.add", "POST", ANYWHERE, json=lambda _: {"name": "Camp"}),
    Row(
        "api_levels.change",
        "PUT",
        ANYWHERE,
        args=_level,
        json=lambda _: {"name": "Camp", "minutes": 5, "active": False},
    ),
)
