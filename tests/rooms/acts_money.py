"""Acts on receipts and on patients registered twice, each with who does it."""

from decimal import Decimal
from uuid import uuid4

from app.accounts import service as accounts
from app.accounts.views import EVERYWHERE
from app.directory import service as directory
from app.patients import service as patients
from app.receipts import service as receipts
from app.receipts.views import Method, NewPrepayment, NewReceipt
from tests import factories as make
from tests.factories import NOW
from tests.rooms.cast import booked


def paid(cast, by=make.SYSTEM):
    told = booked(cast)
    order = NewReceipt(uuid4(), told.id, Decimal("349.50"), Method.UPI, "Asha")
    return receipts.take(order, by=by, now=NOW)


def prepaid(cast, by=make.SYSTEM):
    order = NewPrepayment(booked(cast).id, "app.example", "T-1", Decimal(300), "INR")
    return receipts.prepay(order, by=by, now=NOW)


def merged(cast, by=make.SYSTEM):
    return patients.merge(
        cast.asha.public_id,
        make.patient("Asha N").public_id,
        by=by,
        now=NOW,
        scope=EVERYWHERE,
    )


MONEY_ACTS = {
    accounts.change_user: lambda c, by: accounts.change_user(
        make.user().username, by=by, now=NOW, name="Meena", active=False
    ),
    directory.change_facility: lambda c, by: directory.change_facility(
        c.place, by=by, now=NOW, name="Kochi", address="", phone=""
    ),
    directory.change_department: lambda c, by: directory.change_department(
        c.place,
        directory.add_department(c.place, "ENT", by=make.SYSTEM, now=NOW).public_id,
        by=by,
        now=NOW,
        name="Ears",
        active=False,
    ),
    patients.merge: merged,
    patients.undo_merge: lambda c, by: patients.undo_merge(
        merged(c).id, by=by, now=NOW, scope=EVERYWHERE
    ),
    receipts.take: paid,
    receipts.prepay: prepaid,
    receipts.void: lambda c, by: receipts.void(paid(c).id, "Wrong", by=by, now=NOW),
}
