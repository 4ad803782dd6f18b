"""What patients said of their visits, counted."""

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import func, select

from app.booking.measuring import Where
from app.booking.models import Appointment, Participant, Rating
from app.core.db import db


class Rated(Struct, frozen=True):
    """How many visits have each number of stars, from 1 to 5."""

    stars: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)

    @property
    def number(self) -> int:
        return sum(self.stars)

    @property
    def average(self) -> float | None:
        """Give the average of the stars, if there are any."""
        if not self.number:
            return None
        return sum(n * each for n, each in enumerate(self.stars, 1)) / self.number


def rated(where: Where) -> dict[int, Rated]:
    """Count the ratings of visits by the row number of who was visited."""
    start = func.lower(Appointment.during)
    rows = db.session.execute(
        select(
            Appointment.resource_id,
            *(func.count().filter(Rating.stars == n).label(f"s{n}") for n in _STARS),
        )
        .join(Participant, Participant.appointment_id == Appointment.id)
        .join(Rating, Rating.participant_id == Participant.id)
        .where(
            Appointment.facility_id == where.facility_id,
            Appointment.resource_id.in_(where.resource_ids),
            start >= where.window.start,
            start < where.window.end,
        )
        .group_by(Appointment.resource_id)
    )
    return {row[0]: Rated((row[1], row[2], row[3], row[4], row[5])) for row in rows}


def together(all_of: Iterable[Rated]) -> Rated:
    """Add ratings up."""
    columns = [each.stars for each in all_of]
    one, two, three, four, five = (sum(c[n] for c in columns) for n in range(5))
    return Rated((one, two, three, four, five))


_STARS = range(1, 6)
