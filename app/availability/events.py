"""What availability tells the rooms above, inside its transaction."""

from dataclasses import dataclass
from datetime import datetime

from app.core.actor import Actor
from app.core.spans import Span


@dataclass(frozen=True, slots=True)
class HoursChanged:
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
