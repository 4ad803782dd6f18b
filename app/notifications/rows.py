"""From rows to views."""

from app.notifications.models import Message, Notice
from app.notifications.views import MessageView, NoticeView


def message(row: Message) -> MessageView:
    return MessageView(
        id=row.public_id,
        kind=row.kind,
        channel=row.channel,
        status=row.status,
        appointment_id=row.appointment_id,
        # The secret of a visit is for who sends it, and for nobody who reads along.
        data={name: each for name, each in row.data.items() if name != "secret"},
        created_at=row.created_at,
        patient_id=row.patient_id,
        user_id=row.user_id,
        role=row.role,
    )


def notice(row: Notice) -> NoticeView:
    return NoticeView(
        id=row.public_id,
        kind=row.kind,
        about=row.about,
        about_id=row.about_id,
        facility_id=row.facility_id,
        data=row.data,
        created_at=row.created_at,
        read_at=row.read_at,
    )
