"""
Placing: from an order to the rows that hold its place.

The acts in `service`, `holding` and `deciding` say who may and in which status; here is
what they share. Callers hold the locks of every resource named.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, field

from app.accounts.views import Scope
from app.audit import internal as audit
from app.availability.views import OfferedSlot, Origin, Source
from app.booking import (
    assignment,
    claims,
    counting,
    events,
    links,
    loads,
    places,
    references,
    rows,
    ruling,
    tokens,
    writing,
)
from app.booking.claims import Claim
from app.booking.kinds import Kind, Priority, Role
from app.booking.rules.case import Judges, Rule
from app.booking.states import Status
from app.booking.views import (
    AppointmentView,
    Choice,
    ClaimView,
    Link,
    ParticipantView,
)
from app.core import events as house
from app.core.actor import Actor
from app.core.errors import InputError
from app.core.spans import Span, local_date
from app.core.text import clean
from app.directory.views import Bookable, ResourceView
from app.patients.views import PatientView

NOTE = 500


class Draft(Struct):
    """A booking as far as it is known before its rows are written."""

    public_id: UUID
    what: Bookable
    kind: Kind
    span: Span
    source: Source | None
    rules: list[Rule]
    patients: Sequence[PatientView] = ()
    along: Mapping[int, Role] = field(default_factory=dict)
    slot: OfferedSlot | None = None
    claims: Sequence[Claim] = ()
    overbook: bool = False
    note: str = ""
    channel: str = "desk"
    hold_expires_at: datetime | None = None
    hold_key: str | None = None
    override: str = ""
    series: tuple[int, UUID] | None = None
    double_book: str = ""
    kept: Sequence[int] = ()
    picks: Sequence[UUID] = ()
    choices: Sequence[Choice] = ()
    priority: Priority = Priority.ELECTIVE
    touched: Sequence[places.Touched] = ()
    link: Link | None = None

    @property
    def used(self) -> list[ResourceView]:
        """Give all that it uses: whom it is with, and what it claims."""
        return [self.what.resource, *(claim.resource for claim in self.claims)]

    def role_of(self, patient: PatientView | None) -> Role:
        """Say as what somebody comes: most are patients."""
        if patient is None:
            return Role.PATIENT
        return self.along.get(patient.id, Role.PATIENT)

    @property
    def scope(self) -> Scope:
        """Say where an act on this booking happens."""
        return places.scope(self.what.facility, self.used)

    @property
    def offered_by(self) -> tuple[int | None, int | None]:
        """Give the row of the availability or of the exception it came from."""
        if self.source is None:
            return None, None
        from_exception = self.source.origin is Origin.EXCEPTION
        row = self.source.id
        return (None, row) if from_exception else (row, None)


def judge(
    draft: Draft,
    sides: Sequence[Judges],
    *,
    by: Actor,
    now: datetime,
    without: int | None = None,
) -> None:
    """
    Put a draft before its rules, once for each patient.

    `without` is the appointment that is being moved.

    :raises RuleError: by the first rule that refuses
    """
    for patient in draft.patients or (None,):
        it = ruling.case(
            draft.what,
            draft.span,
            by=by,
            now=now,
            patient=patient,
            without=without,
            role=draft.role_of(patient),
        )
        ruling.judge(draft.rules, it, sides, by=by, overridden=bool(draft.override))


def place(draft: Draft, status: Status, *, by: Actor, now: datetime) -> AppointmentView:
    """
    Write a draft down in its first status, with its place, claims and number.

    A number is drawn for a token that is scheduled, and for who walks in. An override
    counts on without asking the daily limits.

    :raises InputError: if a token would be for nobody or for several
    :raises NoneFreeError: if a chair, room or machine it needs is not free
    :raises SlotFullError: if every token of the slot is given
    :raises SlotTakenError: naming every booking that is in the way
    :raises RuleError: if the day is full
    """
    if draft.slot and status is not Status.HELD and len(draft.patients) != 1:
        raise InputError(field="patient_id", reason="token_is_for_one")
    note = clean(draft.note, field="note", most=NOTE)
    assign(draft, by=by, now=now)
    reference = references.fresh()
    columns = _columns(draft, by=by, now=now)
    columns |= {"status": status, "note": note, "reference": reference}
    with links.once_live(draft.link):
        token, appointment_id = _write(draft, columns, by=by, now=now)
    owner = claims.Owner(appointment_id=appointment_id)
    claims.take(draft.claims, owner, by=by, now=now, override=draft.double_book)
    told = _told(draft, status, token, by=by, now=now, note=note, ref=reference)
    audit.record(
        f"appointment.{_WORD[status]}",
        audit.Subject("appointment", draft.public_id, draft.what.facility.id),
        by=by,
        now=now,
        after=rows.for_trail(told) | _why(draft),
    )
    house.emit(events.Booked(told, by=by, now=now))
    return told


def assign(draft: Draft, *, by: Actor, now: datetime) -> None:
    """
    Find what the type needs beside what the draft names, and its actor may book.

    :raises NoneFreeError: if something it needs is not free
    """
    # Who walks in has no time yet for which a room could be found.
    if draft.kind is Kind.WALK_IN or not draft.what.type.has_needs:
        return
    wish = assignment.Wish(
        facility=draft.what.facility,
        type=draft.what.type,
        span=draft.span,
        have=draft.used,
        patients=draft.patients,
        kept=draft.kept,
        picks=draft.picks,
    )
    choices, found = assignment.choose(wish, by=by, now=now)
    draft.choices = [*draft.choices, *choices]
    draft.claims = [*draft.claims, *found]


def _told(
    draft: Draft,
    status: Status,
    token: tokens.Drawn | None,
    *,
    by: Actor,
    now: datetime,
    note: str,
    ref: str,
) -> AppointmentView:
    """Say what was written, without reading it again."""
    return AppointmentView(
        id=draft.public_id,
        reference=ref,
        kind=draft.kind,
        status=status,
        span=draft.span,
        facility=draft.what.facility,
        resource=draft.what.resource,
        type=draft.what.type,
        patients=tuple(draft.patients),
        token=token.label if token else None,
        resources=tuple(
            ClaimView(claim.resource, claim.during, claim.how.value, by.trace, now)
            for claim in draft.claims
        ),
        note=note,
        cancel_reason="",
        channel=draft.channel,
        booked_by=by.called,
        booked_at=now,
        revision=1,
        hold_expires_at=draft.hold_expires_at,
        participants=tuple(
            ParticipantView(
                patient,
                status,
                token.label if token else None,
                role=draft.role_of(patient),
            )
            for patient in draft.patients
        ),
        series_id=draft.series[1] if draft.series else None,
        priority=draft.priority,
        over_slots=bool(draft.touched),
        link=draft.link,
    )


def _why(draft: Draft) -> dict[str, Any]:
    """Say what the trail keeps beside: overrides, what was chosen, until when held."""
    told: dict[str, Any] = {
        name: reason
        for name, reason in (
            ("override", draft.override),
            ("double_book", draft.double_book),
            ("hold_expires_at", draft.hold_expires_at),
        )
        if reason
    }
    if draft.choices:
        told["assigned"] = assignment.for_trail(draft.choices)
    return told


_WORD = {
    Status.SCHEDULED: "booked",
    Status.REQUESTED: "requested",
    Status.HELD: "held",
}


def _write(
    draft: Draft, columns: dict[str, Any], *, by: Actor, now: datetime
) -> tuple[tokens.Drawn | None, int]:
    """
    Count a draft on its day, and in its slot, and write its rows.

    Give the number, if one is drawn, and the row of the appointment. A token for one is
    counted and written in one statement.
    """
    what = draft.what
    day = local_date(draft.span.start, what.facility.zone)
    limits = [] if draft.override else ruling.limits(draft.rules)
    scheduled = columns["status"] is Status.SCHEDULED
    numbered = draft.kind is not Kind.TIMED and scheduled
    if draft.slot is None:
        loads.take(what.resource, what.type.id, day, limits)
        token = tokens.draw(what.resource, day) if numbered else None
        return token, writing.booking(columns, draft.patients, token, draft.along)
    wanted = counting.Wanted(
        what.resource,
        what.type,
        draft.slot,
        day,
        numbered=numbered,
        extra=_extra(draft, draft.slot),
    )
    one = draft.patients[0].id if len(draft.patients) == 1 else None
    whole = None if one is None else columns | {"patient": one}
    counted = counting.take(wanted, limits, whole, by=by, now=now)
    row = counted.appointment_id
    if row is None:
        columns["token_slot_id"] = counted.slot_id
        row = writing.booking(columns, draft.patients, counted.drawn, draft.along)
    return counted.drawn, row


def _extra(draft: Draft, slot: OfferedSlot) -> int:
    """Tell how many beyond its tokens it may use; below 0, how many it may not."""
    if draft.overbook:
        return ruling.allowance(draft.rules, slot.tokens)
    return -ruling.reserved(draft.rules, slot.tokens)


def take_slot(draft: Draft, *, by: Actor, now: datetime) -> int | None:
    """Take the place in its token slot, if the draft has one; give the slot's row."""
    if draft.slot is None:
        return None
    extra = _extra(draft, draft.slot)
    return tokens.take_place(
        draft.what.resource, draft.slot, by=by, now=now, extra=extra
    )


def _columns(draft: Draft, *, by: Actor, now: datetime) -> dict[str, Any]:
    """Give the columns of an appointment that its draft knows."""
    availability_id, exception_id = draft.offered_by
    return {
        "public_id": draft.public_id,
        "facility_id": draft.what.facility.id,
        "resource_id": draft.what.resource.id,
        "kind": draft.kind,
        "type_id": draft.what.type.id,
        "during": draft.span,
        "token_slot_id": None,
        "availability_id": availability_id,
        "exception_id": exception_id,
        "hold_expires_at": draft.hold_expires_at,
        "hold_key": draft.hold_key,
        "offered_at": None,
        "channel": draft.channel,
        "cancel_reason": "",
        "booked_by": by.key,
        "booked_by_name": by.called,
        "booked_at": now,
        "revision": 1,
        "series_id": draft.series[0] if draft.series else None,
        "priority": draft.priority,
        "over_slots": bool(draft.touched),
        "linked_kind": draft.link.kind if draft.link else None,
        "linked_id": draft.link.id if draft.link else None,
    }
