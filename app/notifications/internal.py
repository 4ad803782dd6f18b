"""What higher rooms call: queue messages, read those of an appointment."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.audit import internal as audit
from app.core.db import db
from app.notifications import rows
from app.notifications.kinds import Channel, Sending
from app.notifications.models import Message
from app.notifications.views import MessageView, Note


def queue(notes: Iterable[Note], *, now: datetime) -> None:
    """Write messages down in one statement; what was told before is not told again."""
    values = [_values(note, now) for note in notes]
    if values:
        written = insert(Message).values(values)
        db.session.execute(
            written.on_conflict_do_nothing(constraint="uq_messages_dedup_key")
        )


def of_appointment(appointment: UUID) -> list[MessageView]:
    """Give the messages about an appointment in the order in which they were made."""
    found = (
        select(Message)
        .where(Message.appointment_id == appointment)
        .order_by(Message.id)
    )
    return [rows.message(row) for row in db.session.scalars(found)]


def _values(note: Note, now: datetime) -> dict[str, object]:
    to_patient = note.to.patient_id is not None
    return {
        "public_id": uuid4(),
        "facility_id": note.facility_id,
        "appointment_id": note.appointment_id,
        "patient_id": note.to.patient_id,
        "user_id": note.to.user_id,
        "role": note.to.role,
        "kind": note.kind,
        "data": audit.plain(note.data),
        "channel": Channel.UNDECIDED if to_patient else Channel.IN_APP,
        "status": Sending.QUEUED,
        "dedup_key": f"{note.event}:{note.kind}:{note.to.key}",
        "created_at": now,
    }
