"""
Timed bookings and tokens.

A booking that stands already is left as it is: same patient, same resource, same time.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from app.booking import queries, service
from app.booking.kinds import Kind
from app.booking.states import TAKES_PLACE
from app.booking.views import NewTimed, NewToken, Opening, Want
from app.core.errors import InputError
from app.core.spans import Span
from app.directory.views import FacilityView
from app.exchange import fields
from app.exchange.desk import Desk, Done, Item, Named, between, instant
from app.exchange.document import Node, Scalar, Table
from app.exchange.entry import Entry, nodes
from app.patients.views import PatientView

MOST_NEAREST = 3
_LOOKED_AT = 40


class _Part(Struct, frozen=True):
    """A resource of a booking, with its own part of the time if it has one."""

    path: str
    code: str
    start: datetime | None = None
    end: datetime | None = None

    def want(self, desk: Desk, facility: FacilityView) -> Want:
        found = desk.resource(self.code, facility, f"{self.path}resource")
        if self.start is None or self.end is None:
            return Want(found.public_id)
        end = f"{self.path}end"
        return Want(found.public_id, between(self.start, self.end, facility.zone, end))


class _Wish(Struct, frozen=True):
    """Whom a file wants booked with what, and when."""

    facility: str
    resource: str
    kind: Kind
    type: str
    start: datetime

    def standing(
        self, desk: Desk, patient: PatientView | None, span: Span | None = None
    ) -> bool:
        """Say whether that very booking stands already."""
        place = desk.facility(self.facility)
        found = desk.resource(self.resource, place)
        begins = instant(self.start, place.zone)
        there = queries.appointments(
            place,
            Span(begins, begins + timedelta(minutes=1)),
            by=desk.by,
            resource_id=found.public_id,
            patient_id=patient.public_id if patient else None,
            limit=queries.MOST,
        )
        return any(
            each.kind is self.kind
            and each.status in TAKES_PLACE
            and each.resource.id == found.id
            and each.patient == patient
            and (span is None or each.span == span)
            for each in there
        )

    def nearest(self, desk: Desk, minutes: int | None = None) -> tuple[Opening, ...]:
        """Give the next places of the same kind that are free, from the start on."""
        place = desk.facility(self.facility)
        found = queries.openings(
            place,
            desk.resource(self.resource, place),
            desk.type(self.type).public_id,
            instant(self.start, place.zone),
            by=desk.by,
            now=desk.now,
            minutes=minutes,
            most=_LOOKED_AT,
        )
        return tuple(each for each in found if each.kind is self.kind)[:MOST_NEAREST]


def token(entry: Entry) -> Iterator[Item]:
    wish = _Wish(
        facility=entry.take("facility", fields.text),
        resource=entry.take("resource", fields.text),
        kind=Kind.TOKEN,
        type=entry.take("type", fields.text),
        start=entry.take("start", fields.moment),
    )
    mrn = entry.take("patient", fields.text)
    note = entry.take("note", fields.text, "")
    _status(entry)

    def act(desk: Desk) -> Done:
        place = desk.facility(wish.facility)
        patient = desk.patient(mrn)
        order = NewToken(
            facility_id=place.public_id,
            resource_id=desk.resource(wish.resource, place).public_id,
            patient_id=patient.public_id,
            type_id=desk.type(wish.type).public_id,
            starts_at=instant(wish.start, place.zone),
            note=note,
            channel="import",
        )
        if wish.standing(desk, patient):
            return Done.SAME
        service.book_token(order, by=desk.by, now=desk.now)
        return Done.ADDED

    uses = (Named("resource", wish.resource),)
    yield Item(entry, "tokens", act, stage=8, nearest=wish.nearest, uses=uses)


def booking(entry: Entry) -> Iterator[Item]:
    start = entry.take("start", fields.moment)
    end = entry.take("end", fields.moment, None)
    parts = _parts(entry)
    wish = _Wish(
        facility=entry.take("facility", fields.text),
        resource=parts[0].code if parts else "",
        kind=Kind.TIMED,
        type=entry.take("type", fields.text),
        start=start,
    )
    mrn = entry.take("patient", fields.text, None)
    note = entry.take("note", fields.text, "")
    _status(entry)

    def act(desk: Desk) -> Done:
        place = desk.facility(wish.facility)
        kind = desk.type(wish.type)
        patient = desk.patient(mrn) if mrn is not None else None
        last = end or start + timedelta(minutes=kind.minutes)
        span = between(start, last, place.zone)
        order = NewTimed(
            facility_id=place.public_id,
            patient_id=patient.public_id if patient else None,
            type_id=kind.public_id,
            starts_at=span.start,
            ends_at=span.end,
            resources=tuple(each.want(desk, place) for each in parts),
            note=note,
            channel="import",
        )
        if wish.standing(desk, patient, span):
            return Done.SAME
        service.book_timed(order, by=desk.by, now=desk.now)
        return Done.ADDED

    def nearest(desk: Desk) -> tuple[Opening, ...]:
        minutes = int((end - start).total_seconds() // 60) if end else None
        return wish.nearest(desk, minutes)

    uses = tuple(Named("resource", each.code) for each in parts)
    yield Item(entry, "bookings", act, stage=7, nearest=nearest, uses=uses)


def _parts(entry: Entry) -> tuple[_Part, ...]:
    """Read what is booked: codes alone, or tables with a part of the time each."""
    found = []
    for index, node in enumerate(entry.take("resources", nodes) or ()):
        path = f"resources[{index}]."
        if isinstance(node, Scalar) and node.text:
            found.append(_Part(path, node.text.strip()))
        elif isinstance(node, Table):
            found.append(_part(entry.of(node), path, entry))
        else:
            wrong = InputError(reason="type", wanted="resource", got="list")
            entry.note(wrong, "resources", node.line)
    if not found and entry.good:
        entry.note(InputError(reason="required"), "resources")
    return tuple(found)


def _part(part: Entry, path: str, entry: Entry) -> _Part:
    read = _Part(
        path=path,
        code=part.take("resource", fields.text),
        start=part.take("start", fields.moment, None),
        end=part.take("end", fields.moment, None),
    )
    if (read.start is None) != (read.end is None):
        part.note(InputError(reason="both_or_none"), "start")
    entry.good = part.close() and entry.good
    return read


def _status(entry: Entry) -> None:
    """
    Let pass what a booking that is made can be.

    The source requirements say approved where we say scheduled; what became of a visit
    later is not for a file to tell.
    """
    entry.take("status", _made, "scheduled")


def _made(node: Node) -> str:
    written = fields.text(node)
    if written.lower() not in {"scheduled", "approved"}:
        choices = ["scheduled", "approved"]
        raise InputError(reason="choice", choices=choices, got=written)
    return "scheduled"
