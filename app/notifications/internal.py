"""What higher rooms call: queue messages, read those of an appointment."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB

from app.audit import internal as audit
from app.core.constant import Constant
from app.core.db import db
from app.notifications import rows
from app.notifications.kinds import Channel, Sending
from app.notifications.models import Message
from app.notifications.views import MessageView, Note
from app.patients.carrying import carry


def listen() -> None:
    """Let messages follow a patient who is merged; called at composition."""
    carry(Message)


def queue(notes: Iterable[Note], *, now: datetime) -> None:
    """Write messages down in one statement; what was told before is not told again."""
    written = [_values(note, now) for note in notes]
    if written:
        _QUEUE.send({"messages": written})


# One statement for however many, made once: rows go as JSON, and PostgreSQL reads them.
_QUEUE = Constant(
    text(
        """
INSERT INTO messages (public_id, facility_id, appointment_id, patient_id, user_id, role,
                      kind, data, channel, status, dedup_key, created_at)
SELECT gen_random_uuid(), m.facility_id, m.appointment_id, m.patient_id, m.user_id,
       m.role, m.kind, m.data, m.channel, m.status, m.dedup_key, m.created_at
FROM jsonb_to_recordset(:messages) AS m (
  facility_id bigint, appointment_id uuid, patient_id bigint, user_id bigint, role text,
  kind text, data jsonb, channel text, status text, dedup_key text,
  created_at timestamptz)
ON CONFLICT ON CONSTRAINT uq_messages_dedup_key DO NOTHING
"""
    ).bindparams(bindparam("messages", type_=JSONB))
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
        "facility_id": note.facility_id,
        "appointment_id": str(note.appointment_id),
        "patient_id": note.to.patient_id,
        "user_id": note.to.user_id,
        "role": note.to.role,
        "kind": note.kind,
        "data": audit.plain(note.data),
        "channel": Channel.UNDECIDED if to_patient else Channel.IN_APP,
        "status": Sending.QUEUED,
        "dedup_key": f"{note.event}:{note.kind}:{note.to.key}",
        "created_at": now.isoformat(),
    }
