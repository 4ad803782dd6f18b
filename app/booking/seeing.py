"""Who may see an appointment, as the trail and its comments ask."""

from uuid import UUID

from app.audit import seeing
from app.booking import rows
from app.core.actor import Actor


def listen() -> None:
    """Answer for appointments."""
    seeing.guard("appointment", _appointment)


def _appointment(public_id: UUID, by: Actor) -> int | None:
    return rows.seen(public_id, by).facility.id
