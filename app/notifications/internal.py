"""What higher rooms call: queue messages and notices, read those of an appointment."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB

from app.accounts.audience import AUDIENCE
from app.audit import internal as audit
from app.core.constant import Constant
from app.core.db import db
from app.core.settings import Settings
from app.notifications import channels, following, house, rows
from app.notifications.kinds import Channel, Sending
from app.notifications.models import Message
from app.notifications.views import MessageView, Note, Ring
from app.patients.carrying import carry


def listen(settings: Settings, wake: Callable[[], None]) -> None:
    """Let messages follow a patient who is merged, and leave; at composition."""
    carry(Message)
    following.listen()
    channels.use(settings)
    house.use(settings)
    channels.nudge_with(wake)


def queue(told: Iterable[Note | Ring], *, now: datetime) -> None:
    """
    Write messages and notices down in one statement.

    What was told before is not told again.
    """
    found = list(told)
    written = {
        "messages": [_values(each, now) for each in found if isinstance(each, Note)],
        "rings": [_rung(each, now) for each in found if isinstance(each, Ring)],
    }
    if found:
        _QUEUE.send({**written, "trail": audit.along()})
    if (written["rings"] and _mails()) or any(
        each.to.patient_id is not None for each in found if isinstance(each, Note)
    ):
        channels.nudge()


# One statement for however many, made once: rows go as JSON, and PostgreSQL reads them.
_QUEUE = Constant(
    text(
        f"""
WITH trail AS ({audit.WRITTEN}), told AS (
INSERT INTO messages (public_id, facility_id, appointment_id, patient_id, user_id, role,
                      kind, data, channel, status, dedup_key, created_at, due_at)
SELECT gen_random_uuid(), m.facility_id, m.appointment_id, m.patient_id, m.user_id,
       m.role, m.kind, m.data, m.channel, m.status, m.dedup_key, m.created_at, m.due_at
FROM jsonb_to_recordset(:messages) AS m (
  facility_id bigint, appointment_id uuid, patient_id bigint, user_id bigint, role text,
  kind text, data jsonb, channel text, status text, dedup_key text,
  created_at timestamptz, due_at timestamptz)
ON CONFLICT ON CONSTRAINT uq_messages_dedup_key DO NOTHING)
INSERT INTO notices (public_id, user_id, facility_id, kind, about, about_id, data,
                     dedup_key, created_at, mail_at)
SELECT gen_random_uuid(), w.user_id, a.facility_id, a.kind, a.about, a.about_id, a.data,
       a.dedup_key, a.created_at, a.mail_at
FROM jsonb_to_recordset(:rings) AS a (
  facility_id bigint, kind text, about text, about_id uuid, data jsonb, user_id bigint,
  resource_ids bigint[], role text, department_id bigint, actor_id bigint,
  dedup_key text, created_at timestamptz, mail_at timestamptz)
CROSS JOIN LATERAL ({AUDIENCE}) AS w
ON CONFLICT ON CONSTRAINT uq_notices_user_id_dedup_key DO NOTHING
"""  # noqa: S608 - made of constants
    ).bindparams(
        audit.TRAIL,
        bindparam("messages", type_=JSONB),
        bindparam("rings", type_=JSONB),
    )
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
        "due_at": now.isoformat() if to_patient else None,
    }


def _mails() -> bool:
    """Say whether staff could be told by mail."""
    return Channel.EMAIL in channels.open_ones()


def _rung(ring: Ring, now: datetime) -> dict[str, object]:
    return {
        "facility_id": ring.facility_id,
        "kind": ring.kind,
        "about": ring.about,
        "about_id": str(ring.about_id) if ring.about_id else None,
        "data": audit.plain(ring.data),
        "user_id": ring.user_id,
        "resource_ids": list(ring.resource_ids),
        "role": ring.role,
        "department_id": ring.department_id,
        "actor_id": ring.actor_id,
        "dedup_key": f"{ring.event}:{ring.kind}",
        "created_at": now.isoformat(),
        "mail_at": now.isoformat() if _mails() else None,
    }
