"""What is read of a visit by its patient, and of what they said of it by staff."""

from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import own as oneself
from app.booking import rows
from app.booking.own import OwnView, RatingView, own
from app.core.actor import Actor

__all__ = ["OwnView", "RatingView", "own", "ratings"]


def ratings(appointment: UUID, *, by: Actor) -> list[RatingView]:
    """
    Give what patients said of a visit, to who may know its patients; else nothing.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    told = rows.seen(appointment, by)
    if not accounts.allowed(by, Permission.VIEW_PATIENTS, rows.scope_of(told)):
        return []
    return oneself.ratings_of(appointment)
