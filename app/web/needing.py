"""What a type needs beside whom it is with: what would be chosen, or picked by hand."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from msgspec import Struct

from app.accounts.permissions import Permission
from app.booking import need_queries
from app.booking.errors import NoneFreeError
from app.booking.views import Foreseen, NewTimed
from app.core.errors import DomainError
from app.directory.views import FacilityView
from app.doors import current
from app.doors.words import say
from app.web.reading import may, uuid_of

# More needs than a type has, whatever is sent.
_MOST = 20


class Picked(Struct, frozen=True):
    """What a form says of one need, and what it would have said by itself."""

    use: str
    usual: str

    @property
    def by_hand(self) -> bool:
        return bool(self.use) and self.use != self.usual


class Row(Struct, frozen=True):
    """One need on the form; with `refused`, why nothing can be had for it."""

    label: str
    foreseen: Foreseen
    refused: str = ""


class Needed(Struct, frozen=True):
    """What is shown of needs, if there are any; `seal` names the wish they are of."""

    any: bool
    rows: tuple[Row, ...] = ()
    seal: str = ""


def read(values: Mapping[str, str]) -> tuple[Picked, ...]:
    """Take what a form says of each need, in order."""
    found = (
        Picked(values.get(f"use_{n}", "")[:40], values.get(f"usual_{n}", "")[:40])
        for n in range(1, _MOST + 1)
    )
    return tuple(each for each in found if each.use)


def seal(order: NewTimed) -> str:
    """Name a wish: what was chosen for another one is no answer to it."""
    wants = [want.resource_id for want in order.resources]
    asked = (wants, order.type_id, order.starts_at, order.ends_at, order.patient_id)
    return sha256(repr(asked).encode()).hexdigest()[:16]


def picks(
    picked: tuple[Picked, ...], sealed: str, order: NewTimed, *, again: bool = False
) -> tuple[UUID, ...]:
    """
    Give what a booking must be given: what was picked, and what it was shown to get.

    What was chosen for another wish is chosen anew, and so it is for each of a series.
    """
    stands = sealed == seal(order) and not again
    return tuple(
        uuid_of(each.use, field="picks", what="resource")
        for each in picked
        if each.by_hand or stands
    )


def needed(
    order: NewTimed, sealed: str, facility: FacilityView, *, now: datetime
) -> Needed:
    """Say what would be chosen for an order, as far as it is clear yet."""
    try:
        found = need_queries.foresee(order, by=current.actor(), now=now)
    except DomainError:
        # What is wrong with it is told when it is booked.
        return Needed(any=True)
    rows = tuple(
        Row(
            label=_label(each.need),
            foreseen=each,
            refused=""
            if each.resource
            else say(NoneFreeError(need=each.need, passed=each.passed), facility.zone),
        )
        for each in found
    )
    return Needed(any=bool(rows), rows=rows, seal=sealed)


def known(patient: str, facility: FacilityView) -> UUID | None:
    """Give who is meant, if somebody is whom one may see."""
    if not patient or not may(Permission.VIEW_PATIENTS, facility):
        return None
    return uuid_of(patient, field="patient", what="patient")


def _label(need: str) -> str:
    kind, _, able = need.partition(":")
    what = "Machine" if kind == "equipment" else kind.capitalize()
    return f"{what} for {able}" if able else what
