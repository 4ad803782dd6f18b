"""Routes of receipts, and of patients who are one and the same."""

from decimal import Decimal
from uuid import uuid4

from app.accounts.views import EVERYWHERE
from app.core.actor import SYSTEM
from app.patients import service as patients
from app.receipts import service as receipts
from app.receipts.views import Method, NewReceipt
from tests import factories as make
from tests.doors.access import Answer, Route, staff
from tests.doors.world import NOW

ACT = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)
KEEP = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN)


def _visit(world):
    return {"appointment": world.timed.id}


def receipt(world):
    order = NewReceipt(uuid4(), world.timed.id, Decimal(350), Method.CASH, "Asha Nair")
    return {"receipt": receipts.take(order, by=SYSTEM, now=NOW).id}


def _paid(_):
    return {
        "id": str(uuid4()),
        "amount": "350",
        "currency": "INR",
        "method": "cash",
        "paid_by": "Asha Nair",
    }


def both(world):
    other = make.patient("Asha N", "9847012345")
    here = {"facility": world.kochi.slug, "patient": world.asha.public_id}
    return here | {"other": other.public_id}


def merged(world):
    args = both(world)
    made = patients.merge(
        args["patient"], args.pop("other"), by=SYSTEM, now=NOW, scope=EVERYWHERE
    )
    return args | {"merge_id": made.id}


MONEY = (
    Route("doubles.compare", "GET", KEEP, args=both),
    Route("doubles.merge", "POST", KEEP, args=both),
    Route("doubles.part", "POST", KEEP, args=merged),
    Route("receipts.of", "GET", ACT, args=_visit),
    Route("receipts.take", "POST", ACT, args=_visit, form=_paid),
    Route("receipts.show", "GET", ACT, args=receipt),
    Route(
        "receipts.void",
        "POST",
        KEEP,
        args=receipt,
        form=lambda _: {"reason": "Wrong amount"},
    ),
)
