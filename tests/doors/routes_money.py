"""Routes of receipts, and of patients who are one and the same."""

from decimal import Decimal
from uuid import uuid4

from app.core.actor import SYSTEM
from app.receipts import service as receipts
from app.receipts.views import Method, NewReceipt
from tests.doors.access import Answer, Route, staff
from tests.doors.world import NOW

ACT = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)
KEEP = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN)


def _visit(world):
    return {"appointment": world.timed.id}


def _receipt(world):
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


MONEY = (
    Route("receipts.of", "GET", ACT, args=_visit),
    Route("receipts.take", "POST", ACT, args=_visit, form=_paid),
    Route("receipts.show", "GET", ACT, args=_receipt),
    Route(
        "receipts.void",
        "POST",
        KEEP,
        args=_receipt,
        form=lambda _: {"reason": "Wrong amount"},
    ),
)
