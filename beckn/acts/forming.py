"""The form on which who comes by the network says so, where their app did not."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.booking import queries
from app.booking.errors import HoldLostError
from app.booking.states import Status
from app.booking.views import AppointmentView
from app.core.actor import SYSTEM
from app.core.db import db, transaction
from app.core.errors import NotFoundError
from app.core.holding import hold_all
from app.core.text import clean
from app.patients.phones import e164
from beckn.commands import Billing, Person
from beckn.ordering import rows
from beckn.ordering.models import NetworkOrder

# Where forms stand; the rest of the address is the form's id.
PREFIX = "/n"


class Sheet(Struct, frozen=True):
    """
    A form as it is found by its id.

    `asks` is the buyer's app that it was sent to, `kept` whether the place is held for
    it still; who comes is as far as it is known.
    """

    visit: AppointmentView
    asks: str
    kept: bool
    given: bool
    filled: bool
    person: Person


def path(row: NetworkOrder) -> str:
    """Give where a form stands, as the rest of an address."""
    return f"{PREFIX}/{row.form_id}"


def lacks(who: Person | None, payer: Billing | None) -> bool:
    """Tell whether an order cannot be given yet, for want of who comes or pays."""
    return not (who and who.name and who.phone and payer and payer.name)


def sheet(form: UUID, *, now: datetime) -> Sheet:
    """
    Give a form to who has its address.

    :raises NotFoundError: if there is none, or its people are forgotten
    """
    row = rows.of_form(form)
    if row is None:
        raise NotFoundError("form")
    return _sheet(row, now)


def fill(form: UUID, who: Person, *, now: datetime) -> None:
    """
    Take down who comes, who pays as well unless the app said who does.

    It may be handed in again for as long as the place is held.

    :raises InputError: if a field cannot be right
    :raises HoldLostError: if the place is held no more, or was booked already
    :raises NotFoundError: if there is no such form
    """
    found = rows.of_form(form)
    if found is None:
        raise NotFoundError("form")
    with transaction():
        hold_all([rows.key(found)])
        row = rows.of_form(form)
        told = _sheet(row, now) if row else None
        if row is None or told is None or not told.kept:
            raise HoldLostError
        region = told.visit.facility.region
        phone = e164(who.phone, region=region)
        name = clean(who.name, field="name", least=1, most=120)
        written = Person(name, who.sex, who.age, phone, who.birth_year)
        payer = rows.billing(row)
        if payer is None or not payer.name:
            payer = Billing(name, phone)
        row.asked = rows.asked(written, payer)
        row.filled_at = row.changed_at = now
        db.session.flush()


def _sheet(row: NetworkOrder, now: datetime) -> Sheet:
    visit = queries.appointment(row.appointment_id, by=SYSTEM)
    lasts = visit.hold_expires_at is not None and visit.hold_expires_at > now
    return Sheet(
        visit=visit,
        asks=row.bap_id,
        kept=row.order_id is None and lasts and visit.status is Status.HELD,
        given=row.order_id is not None,
        filled=row.filled_at is not None,
        person=rows.person(row) or Person(""),
    )
