"""Send once more what a person decides must arrive."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import ConflictError, NotFoundError
from app.directory.views import FacilityView
from app.notifications import channels
from app.notifications.kinds import RESENT, Sending
from app.notifications.models import Message


class NotResentError(ConflictError):
    """It goes on by itself, or has arrived."""

    code = "not_resent"


def resend(message: UUID, facility: FacilityView, *, by: Actor, now: datetime) -> None:
    """
    Let a message that was not sent, or not surely, go out again from the first try.

    :raises NotFoundError: if there is none to a patient of that facility
    :raises NotResentError: if it is under way or was sent, as by a second click
    """
    accounts.require(by, Permission.KEEP_MESSAGES, Scope(facility.id))
    with transaction():
        found = (
            select(Message)
            .where(
                Message.public_id == message,
                Message.facility_id == facility.id,
                Message.patient_id.is_not(None),
            )
            .with_for_update()
        )
        row = db.session.scalar(found)
        if row is None:
            raise NotFoundError("message", field="message")
        if row.status not in RESENT:
            raise NotResentError
        before = row.status
        row.status, row.due_at, row.tries = Sending.QUEUED, now, 0
        channels.nudge()
        audit.record(
            "message.resent",
            audit.Subject("message", row.public_id, facility.id),
            by=by,
            now=now,
            before={"status": before},
            after={"status": row.status},
        )
