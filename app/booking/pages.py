"""A page of a facility's appointments with all that belongs to them: two statements."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    Uuid,
    bindparam,
    func,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from app.booking import rows, tokens
from app.booking.kinds import Kind, Priority, Role
from app.booking.models import (
    Appointment,
    AppointmentSeries,
    BookingResource,
    Participant,
    Token,
    TokenSeries,
)
from app.booking.states import Status
from app.booking.views import AppointmentView, ClaimView, ParticipantView
from app.core.choices import by_value
from app.core.constant import Constant, any_of
from app.core.db import table
from app.core.errors import NotFoundError
from app.core.spans import Span
from app.directory import guide
from app.directory import internal as directory
from app.directory.guide import Guide
from app.directory.views import FacilityView
from app.patients import internal as patients

# Who is on the page; what belongs to it is read of those chosen alone.
_CHOSEN = table(Appointment).alias("chosen").c
BOOKING = table(Appointment).c
_PERSON, _TOKEN = table(Participant).c, table(Token).c
_DAY, _CLAIM, _SERIES = (
    table(each).c for each in (TokenSeries, BookingResource, AppointmentSeries)
)


class Wanted(Struct, frozen=True):
    """
    A page of the appointments of a facility that start within a window.

    They use one of `used` and one of `seen`, row numbers of resources, where there are
    any; `after` is where the page before ended. With `latest` it is the last of them.
    """

    window: Span
    limit: int
    after: tuple[datetime, UUID] | None = None
    used: frozenset[int] | None = None
    seen: frozenset[int] | None = None
    patient_id: int | None = None
    latest: bool = False


def read(facility: FacilityView, wanted: Wanted) -> list[AppointmentView]:
    """Give a page, in order of time."""
    start, public_id = wanted.after or (None, None)
    asked = {
        "facility": facility.id,
        "start": wanted.window.start,
        "end": wanted.window.end,
        "limit": wanted.limit,
        "after_start": start,
        "after_id": public_id,
        "used": sorted(wanted.used or ()),
        "seen": sorted(wanted.seen or ()),
        "patient": wanted.patient_id,
    }
    page = _page(
        used=wanted.used is not None,
        seen=wanted.seen is not None,
        patient=wanted.patient_id is not None,
        after=wanted.after is not None,
        latest=wanted.latest,
    )
    rows = page.send(asked).all()
    if not rows:
        return []
    known = directory.guide(
        facility.id,
        resources={row[_RESOURCE_AT] for row in rows}.union(
            claim[0] for row in rows for claim in row[_CLAIMS_AT] or []
        ),
        types={row[_TYPE_AT] for row in rows},
    )
    return [_view(row, facility, known) for row in rows]


def one(public_id: UUID) -> AppointmentView:
    """
    Give one appointment as it stands, in one statement.

    :raises NotFoundError: if there is no such appointment
    """
    return _told(_ONE, public_id)


def locked(public_id: UUID) -> AppointmentView:
    """
    Give one appointment as it stands, and lock its row, in one statement.

    :raises NotFoundError: if there is no such appointment
    """
    return _told(_LOCKED, public_id)


def _told(asked: Constant, public_id: UUID) -> AppointmentView:
    row = asked.send({"public_id": public_id}).one_or_none()
    if row is None:
        raise NotFoundError("appointment", field="appointment_id")
    named, *told = row
    return _view(told, *guide.whole(named))


def using(resources: Any, of: ReadOnlyColumnCollection[str, Any]) -> Any:
    """Say that an appointment uses one of an array of resources."""
    used = select(_CLAIM.appointment_id).where(
        _CLAIM.resource_id == resources,
        _CLAIM.current,
        _CLAIM.appointment_id.is_not(None),
    )
    return (of.resource_id == resources) | of.id.in_(used)


_KIND, _STATUS, _PRIORITY = by_value(Kind), by_value(Status), by_value(Priority)
_ROLE = by_value(Role)
# Where they stand in a row of `_ALL`.
_RESOURCE_AT, _TYPE_AT, _CLAIMS_AT = 2, 4, -1


def _view(row: Sequence[Any], facility: FacilityView, known: Guide) -> AppointmentView:
    """Make the view of a row of `_ALL`, taken apart at once: that is far faster."""
    public_id, reference, resource_id, kind, type_id, status, *told, people, held = row
    note, reason, channel, booked_by, booked_at, revision, expires, *more = told
    priority, over_slots, linked_kind, linked_id, offered_at, start, end, series = more
    coming = tuple([_participant(*each) for each in people or []])
    return AppointmentView(
        id=public_id,
        reference=reference,
        kind=_KIND[kind],
        status=_STATUS[status],
        span=Span(start, end),
        facility=facility,
        resource=known.resources[resource_id],
        type=known.types[type_id],
        patients=rows.coming(coming, _STATUS[status]),
        token=next((each.token for each in coming if each.token), None),
        resources=_claims(held, known) if held else (),
        note=note,
        cancel_reason=reason,
        channel=channel,
        booked_by=booked_by,
        booked_at=booked_at,
        revision=revision,
        hold_expires_at=expires,
        participants=coming,
        series_id=series,
        priority=_PRIORITY[priority],
        over_slots=over_slots,
        link=rows.link(linked_kind, linked_id),
        offered_at=offered_at,
    )


def _participant(  # noqa: PLR0917 - a row of the list, taken apart at once
    patient: Sequence[Any],
    status: str,
    arrived_at: str | None,
    token: tuple[str, int] | None,
    number: int,
    role: str,
) -> ParticipantView:
    return ParticipantView(
        patients.told(patient),
        _STATUS[status],
        None if token is None else tokens.label(*token),
        None if arrived_at is None else datetime.fromisoformat(arrived_at),
        number,
        _ROLE[role],
    )


def _claims(held: Sequence[Sequence[Any]], known: Guide) -> tuple[ClaimView, ...]:
    return tuple(
        ClaimView(
            known.resources[number],
            Span(datetime.fromisoformat(start), datetime.fromisoformat(end)),
            how,
            assigned_by,
            datetime.fromisoformat(assigned_at),
            overridden,
        )
        for number, start, end, how, assigned_by, assigned_at, overridden in held
    )


def _listed(
    number: ColumnElement[int], *columns: ColumnElement[Any]
) -> ColumnElement[Any]:
    """Make one JSON list of what belongs to an appointment, in order of row numbers."""
    told: ColumnElement[Any] = func.json_build_array(*columns)
    return func.json_agg(aggregate_order_by(told, number))


_ALL: Select[Any] = select(
    BOOKING.public_id,
    BOOKING.reference,
    BOOKING.resource_id,
    BOOKING.kind,
    BOOKING.type_id,
    BOOKING.status,
    BOOKING.note,
    BOOKING.cancel_reason,
    BOOKING.channel,
    BOOKING.booked_by_name,
    BOOKING.booked_at,
    BOOKING.revision,
    BOOKING.hold_expires_at,
    BOOKING.priority,
    BOOKING.over_slots,
    BOOKING.linked_kind,
    BOOKING.linked_id,
    BOOKING.offered_at,
    # A range is read by PostgreSQL, and not by Python, which takes far longer.
    func.lower(BOOKING.during).label("starts_at"),
    func.upper(BOOKING.during).label("ends_at"),
    select(_SERIES.public_id)
    .where(_SERIES.id == BOOKING.series_id)
    .correlate(table(Appointment))
    .scalar_subquery()
    .label("series"),
    select(
        _listed(
            _PERSON.id,
            patients.beside(_PERSON.patient_id),
            _PERSON.status,
            _PERSON.arrived_at,
            # Looked up for each and not joined: that never reads all tokens there are,
            # whatever the planner believes of a table that grew since it last looked.
            select(func.json_build_array(_DAY.prefix, _TOKEN.number))
            .where(_TOKEN.id == _PERSON.token_id, _DAY.id == _TOKEN.series_id)
            .correlate(table(Participant))
            .scalar_subquery(),
            _PERSON.id,
            _PERSON.role,
        )
    )
    .where(_PERSON.appointment_id == BOOKING.id)
    .correlate(table(Appointment))
    .scalar_subquery()
    .label("people"),
    select(
        _listed(
            _CLAIM.id,
            _CLAIM.resource_id,
            func.lower(_CLAIM.during),
            func.upper(_CLAIM.during),
            _CLAIM.how,
            _CLAIM.assigned_by,
            _CLAIM.assigned_at,
            _CLAIM.overridden,
        )
    )
    .where(_CLAIM.appointment_id == BOOKING.id, _CLAIM.current)
    .correlate(table(Appointment))
    .scalar_subquery()
    .label("claims"),
).order_by(func.lower(BOOKING.during), BOOKING.public_id)


@cache
def _page(**has: bool) -> Constant:
    """Make the statement of a page that is wanted by so much."""
    start = func.lower(_CHOSEN.during)
    found = (
        select(_CHOSEN.id)
        .where(
            _CHOSEN.facility_id == bindparam("facility"),
            start >= bindparam("start", type_=DateTime(timezone=True)),
            start < bindparam("end", type_=DateTime(timezone=True)),
        )
        .order_by(start.desc() if has["latest"] else start, _CHOSEN.public_id)
        .limit(bindparam("limit"))
    )
    if has["after"]:
        last = bindparam("after_start", type_=DateTime(timezone=True))
        place = tuple_(start, _CHOSEN.public_id)
        found = found.where(place > tuple_(last, bindparam("after_id", type_=Uuid())))
    for name in ("used", "seen"):
        if has[name]:
            found = found.where(using(any_of(name, BigInteger), _CHOSEN))
    if has["patient"]:
        theirs = select(_PERSON.appointment_id).where(
            _PERSON.patient_id == bindparam("patient")
        )
        found = found.where(_CHOSEN.id.in_(theirs))
    return Constant(_ALL.where(BOOKING.id.in_(found)))


_USED = (
    select(func.array_agg(_CLAIM.resource_id))
    .where(_CLAIM.appointment_id == BOOKING.id, _CLAIM.current)
    .correlate(table(Appointment))
    .scalar_subquery()
)
_NAMED = guide.beside(
    BOOKING.facility_id, func.array_append(_USED, BOOKING.resource_id), BOOKING.type_id
)
_OF_ONE = (
    select(_NAMED, *_ALL.selected_columns)
    .order_by(None)
    .where(BOOKING.public_id == bindparam("public_id"))
)
_ONE = Constant(_OF_ONE)
_LOCKED = Constant(_OF_ONE.with_for_update(of=table(Appointment)))
