"""Acts on receipts, each with somebody who does it."""

from decimal import Decimal
from uuid import uuid4

from app.receipts import service as receipts
from app.receipts.views import Method, NewReceipt
from tests import factories as make
from tests.factories import NOW
from tests.rooms.cast import booked


def paid(cast, by=make.SYSTEM):
    told = booked(cast)
    order = NewReceipt(uuid4(), told.id, Decimal("349.50"), Method.UPI, "Asha")
    return receipts.take(order, by=by, now=NOW)


MONEY_ACTS = {
    receipts.take: paid,
    receipts.void: lambda c, by: receipts.void(paid(c).id, "Wrong", by=by, now=NOW),
}
