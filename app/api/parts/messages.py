"""What people are told: about one appointment, and a user's own messages."""

from uuid import UUID

from app.api.blueprint import Part
from app.api.schemas.messages import LimitSchema, MessagesSchema
from app.booking import queries as booking
from app.doors import current
from app.notifications import queries
from app.notifications.views import MessageView

bp = Part("messages", "What patients and staff are told")

Told = dict[str, list[MessageView]]


@bp.get("/appointments/<uuid:appointment_id>/messages")
@bp.response(200, MessagesSchema)
def of_appointment(appointment_id: UUID) -> Told:
    """List the messages about an appointment, the earliest first."""
    return {"messages": booking.messages(appointment_id, by=current.actor())}


@bp.get("/messages")
@bp.arguments(LimitSchema, location="query")
@bp.response(200, MessagesSchema)
def mine(asked: dict[str, int]) -> Told:
    """List the caller's own messages, the latest first."""
    return {"messages": queries.mine(by=current.actor(), **asked)}
