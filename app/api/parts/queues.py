"""Queues: check in, walk in, call, and all that counters do."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response

from app.api import headers
from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.queues import (
    BoostingSchema,
    CallingNextSchema,
    CallingSchema,
    CheckInSchema,
    EntriesSchema,
    EntrySchema,
    LateSchema,
    LevelSchema,
    NewWalkInSchema,
    NoticeSchema,
    OfResourceSchema,
    PollSchema,
    PrintedSchema,
    QueueDaySchema,
    QueueSchema,
    QueuesSchema,
    SkippingSchema,
    SlipSchema,
    SlipsSchema,
    WalkInPlacesSchema,
)
from app.core import clock
from app.doors import current
from app.queues import queries, service
from app.queues.views import EntryView, NewWalkIn, QueueBrief, SlipView, WalkInPlaces

bp = Part("queues", "Check-in, and the live queue of each doctor and day")


@bp.post("/appointments/<uuid:appointment_id>/check-in")
@bp.arguments(CheckInSchema)
@bp.response(200, EntriesSchema)
def check_in(asked: dict[str, Any], appointment_id: UUID) -> dict[str, list[EntryView]]:
    """Check everybody of an appointment in, or one of a group: their visit begins."""
    came = service.check_in(
        appointment_id,
        by=current.actor(),
        now=clock.now(),
        patient_id=asked["patient_id"],
        coming=asked["coming"],
    )
    return {"entries": came}


@bp.post("/facilities/<uuid:facility_id>/walk-ins")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(NewWalkInSchema)
@bp.response(201, EntrySchema)
def walk_in(asked: dict[str, Any], facility_id: UUID) -> EntryView:
    """Let somebody in who comes without a booking, with a number of the day."""
    place = facility_of(facility_id)
    wanted = NewWalkIn(place.public_id, **asked, once=headers.once())
    return service.walk_in(wanted, by=current.actor(), now=clock.now())


@bp.get("/facilities/<uuid:facility_id>/walk-ins")
@bp.arguments(OfResourceSchema, location="query")
@bp.response(200, WalkInPlacesSchema)
def walk_in_places(asked: dict[str, UUID], facility_id: UUID) -> WalkInPlaces:
    """Tell how many more who walk in are let in to a doctor today."""
    return queries.walk_in_places(
        facility_id, asked["resource_id"], by=current.actor(), now=clock.now()
    )


@bp.get("/facilities/<uuid:facility_id>/queues")
@bp.arguments(QueueDaySchema, location="query")
@bp.response(200, QueuesSchema)
def index(
    asked: dict[str, date | None], facility_id: UUID
) -> dict[str, list[QueueBrief]]:
    """List the queues of a day of a facility."""
    found = queries.queues(
        facility_of(facility_id),
        by=current.actor(),
        now=clock.now(),
        day=asked["day"],
    )
    return {"queues": found}


@bp.get("/queues/<uuid:queue_id>")
@bp.arguments(PollSchema, location="query")
@bp.response(200, QueueSchema)
@bp.alt_response(204, description="It is as it was at that version.")
def show(asked: dict[str, str | None], queue_id: UUID) -> Any:
    """Read a queue; with the version that was seen, 204 if it has not changed."""
    now, seen = clock.now(), asked["version"]
    if seen is not None and seen == queries.version(queue_id, now=now):
        return Response(status=204)
    return queries.queue(queue_id, by=current.actor(), now=now)


@bp.post("/queues/<uuid:queue_id>/call-next")
@bp.arguments(CallingNextSchema)
@bp.response(200, EntrySchema)
def call_next(asked: dict[str, Any], queue_id: UUID) -> EntryView:
    """Call the first who waits and is here; counters never get the same one."""
    return service.call_next(queue_id, by=current.actor(), now=clock.now(), **asked)


@bp.post("/queues/<uuid:queue_id>/pause")
@bp.arguments(NoticeSchema)
@bp.response(204)
def pause(asked: dict[str, str], queue_id: UUID) -> None:
    """Say that the doctor pauses."""
    service.pause(queue_id, asked["notice"], by=current.actor(), now=clock.now())


@bp.post("/queues/<uuid:queue_id>/resume")
@bp.response(204)
def resume(queue_id: UUID) -> None:
    """Say that the doctor is back."""
    service.resume(queue_id, by=current.actor(), now=clock.now())


@bp.post("/queues/<uuid:queue_id>/late")
@bp.arguments(LateSchema)
@bp.response(204)
def late(asked: dict[str, Any], queue_id: UUID) -> None:
    """Say that the doctor runs late by so many minutes."""
    service.run_late(
        queue_id,
        asked["minutes"],
        asked["notice"],
        by=current.actor(),
        now=clock.now(),
    )


@bp.post("/queues/<uuid:queue_id>/undo")
@bp.response(204)
def undo_in_queue(queue_id: UUID) -> None:
    """Take back the caller's last pause, return or delay."""
    service.undo_in_queue(queue_id, by=current.actor(), now=clock.now())


@bp.get("/queue-entries/<uuid:entry_id>")
@bp.response(200, EntrySchema)
def entry(entry_id: UUID) -> EntryView:
    """Read somebody in a queue."""
    return queries.entry(entry_id, by=current.actor(), now=clock.now())


@bp.post("/queue-entries/<uuid:entry_id>/call")
@bp.arguments(CallingSchema)
@bp.response(200, EntrySchema)
def call(asked: dict[str, Any], entry_id: UUID) -> EntryView:
    """Call this one, wherever they stand."""
    return service.call(entry_id, by=current.actor(), now=clock.now(), **asked)


@bp.post("/queue-entries/<uuid:entry_id>/recall")
@bp.response(200, EntrySchema)
def recall(entry_id: UUID) -> EntryView:
    """Call somebody once more."""
    return service.recall(entry_id, by=current.actor(), now=clock.now())


@bp.post("/queue-entries/<uuid:entry_id>/skip")
@bp.arguments(SkippingSchema, location="query")
@bp.response(200, EntrySchema)
def skip(asked: dict[str, Any], entry_id: UUID) -> EntryView:
    """Send somebody some places back; the second time they did not show up."""
    return service.skip(
        entry_id, by=current.actor(), now=clock.now(), seen=asked["skips"]
    )


@bp.post("/queue-entries/<uuid:entry_id>/hold")
@bp.response(200, EntrySchema)
def hold(entry_id: UUID) -> EntryView:
    """Set somebody aside."""
    return service.hold(entry_id, by=current.actor(), now=clock.now())


@bp.post("/queue-entries/<uuid:entry_id>/bring-back")
@bp.response(200, EntrySchema)
def bring_back(entry_id: UUID) -> EntryView:
    """Let somebody wait again who was set aside or at tests."""
    return service.bring_back(entry_id, by=current.actor(), now=clock.now())


@bp.post("/queue-entries/<uuid:entry_id>/transfer")
@bp.arguments(OfResourceSchema)
@bp.response(200, EntrySchema)
def transfer(asked: dict[str, UUID], entry_id: UUID) -> EntryView:
    """Send somebody on to another queue, with their number and time of arrival."""
    return service.transfer(
        entry_id, asked["resource_id"], by=current.actor(), now=clock.now()
    )


@bp.post("/queue-entries/<uuid:entry_id>/start")
@bp.arguments(CallingSchema)
@bp.response(200, EntrySchema)
def start(asked: dict[str, Any], entry_id: UUID) -> EntryView:
    """Let somebody into the room."""
    return service.start(entry_id, by=current.actor(), now=clock.now(), **asked)


@bp.post("/queue-entries/<uuid:entry_id>/complete")
@bp.response(200, EntrySchema)
def complete(entry_id: UUID) -> EntryView:
    """Let a visit be done."""
    return service.complete(entry_id, by=current.actor(), now=clock.now())


@bp.post("/queue-entries/<uuid:entry_id>/tests")
@bp.response(200, EntrySchema)
def send_for_tests(entry_id: UUID) -> EntryView:
    """Send somebody from the room for tests."""
    return service.send_for_tests(entry_id, by=current.actor(), now=clock.now())


@bp.post("/queue-entries/<uuid:entry_id>/present")
@bp.response(200, EntrySchema)
def mark_present(entry_id: UUID) -> EntryView:
    """Say that somebody who checked in from afar is here."""
    return service.mark_present(entry_id, by=current.actor(), now=clock.now())


@bp.get("/facilities/<uuid:facility_id>/slips")
@bp.response(200, SlipsSchema)
def slips(facility_id: UUID) -> dict[str, list[SlipView]]:
    """List slips of today that nobody has confirmed: what a print agent prints next."""
    found = queries.unprinted(
        facility_of(facility_id), by=current.actor(), now=clock.now()
    )
    return {"slips": found}


@bp.get("/queue-entries/<uuid:entry_id>/slip")
@bp.response(200, SlipSchema)
def slip(entry_id: UUID) -> SlipView:
    """Read the slip of somebody in a queue, as a print agent prints it."""
    return queries.slip(entry_id, by=current.actor(), now=clock.now())


@bp.post("/queue-entries/<uuid:entry_id>/printed")
@bp.arguments(PrintedSchema)
@bp.response(200, SlipSchema)
def printed(asked: dict[str, int], entry_id: UUID) -> SlipView:
    """Confirm that a copy of a slip came out; only then does it count as printed."""
    return service.confirm_print(
        entry_id, asked["copy"], by=current.actor(), now=clock.now()
    )


@bp.post("/queue-entries/<uuid:entry_id>/boost")
@bp.arguments(BoostingSchema)
@bp.response(200, EntrySchema)
def boost(asked: dict[str, Any], entry_id: UUID) -> EntryView:
    """Make somebody due sooner for a while, for a reason."""
    return service.boost(
        entry_id,
        asked["minutes"],
        asked["reason"],
        asked["until"],
        by=current.actor(),
        now=clock.now(),
    )


@bp.post("/queue-entries/<uuid:entry_id>/level")
@bp.arguments(LevelSchema)
@bp.response(200, EntrySchema)
def prioritise(asked: dict[str, Any], entry_id: UUID) -> EntryView:
    """Say how pressing a visit is."""
    return service.prioritise(
        entry_id, asked["level"], asked["reason"], by=current.actor(), now=clock.now()
    )


@bp.post("/queue-entries/<uuid:entry_id>/undo")
@bp.response(200, EntrySchema)
def undo(entry_id: UUID) -> EntryView:
    """Take the caller's last act on somebody back."""
    return service.undo(entry_id, by=current.actor(), now=clock.now())
