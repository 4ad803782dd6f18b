"""From rows to views."""

from app.notifications.models import Message
from app.notifications.views import MessageView


def message(row: Message) -> MessageView:
    return MessageView(
        id=row.public_id,
        kind=row.kind,
        channel=row.channel,
        status=row.status,
        appointment_id=row.appointment_id,
        data=row.data,
        created_at=row.created_at,
        patient_id=row.patient_id,
        user_id=row.user_id,
        role=row.role,
    )
