"""What availability tells the rooms above, inside its transaction."""

from datetime import datetime

from msgspec import Struct

from app.core.actor import Actor
from app.core.spans import Span


class HoursChanged(Struct, frozen=True):
    """
    Time was taken away: leave or maintenance during a span.

    Without a resource it is the whole facility's, without a facility the resource's
    everywhere.
    """

    facility_id: int | None
    resource_id: int | None
    during: Span
    by: Actor
    now: datetime


class HoursReset(Struct, frozen=True):
    """
    What is offered from a moment on is another than before: perhaps more, perhaps less.

    A schedule was set, time was added, or something was taken back; `why` says which:
    schedule, added or revoked. Without a resource it is the whole facility's, without a
    facility the resource's everywhere.
    """

    facility_id: int | None
    resource_id: int | None
    why: str
    by: Actor
    now: datetime
