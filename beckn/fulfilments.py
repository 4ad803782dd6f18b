"""The id of a fulfilment says which place it is: nothing is kept of searches."""

import base64
import binascii
import struct
from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct

from app.booking.kinds import Kind
from beckn.problems import Code, Problem

_VERSION = 1
_FORM = struct.Struct(">BB16s16s16sI")
_KINDS = (Kind.TOKEN, Kind.TIMED)
PATH = "message.order.fulfillments[0].id"


class Slot(Struct, frozen=True):
    """A place: where, with whom, what for, from when on, and whether by token."""

    facility_id: UUID
    resource_id: UUID
    type_id: UUID
    kind: Kind
    starts_at: datetime


def write(slot: Slot) -> str:
    """Write the id of a place: 72 letters that are safe in addresses."""
    packed = _FORM.pack(
        _VERSION,
        _KINDS.index(slot.kind),
        slot.facility_id.bytes,
        slot.resource_id.bytes,
        slot.type_id.bytes,
        int(slot.starts_at.timestamp()),
    )
    return base64.urlsafe_b64encode(packed).decode("ascii")


def read(written: str) -> Slot:
    """
    Read what `write` wrote.

    :raises Problem: if it is anything else
    """
    try:
        packed = base64.b64decode(written, altchars=b"-_", validate=True)
        version, kind, facility, resource, type_, start = _FORM.unpack(packed)
    except (binascii.Error, struct.error, ValueError):
        raise _unknown() from None
    if version != _VERSION or kind >= len(_KINDS):
        raise _unknown()
    return Slot(
        facility_id=UUID(bytes=facility),
        resource_id=UUID(bytes=resource),
        type_id=UUID(bytes=type_),
        kind=_KINDS[kind],
        starts_at=datetime.fromtimestamp(start, UTC),
    )


def _unknown() -> Problem:
    return Problem(
        Code.FULFILMENT_UNAVAILABLE, PATH, "there is no fulfilment of that id"
    )
