"""What a booking locks beside what it names: all that could meet its type's needs."""

from uuid import UUID

from app.booking.views import NewTimed, NewToken
from app.directory import internal as directory
from app.directory.views import TypeView

# Types that needed nothing when last booked here. No more than a hint, which saves most
# bookings a statement: who chooses for a need locks what may be chosen in any case, but
# then out of order, so that two such may meet and one is told to try again.
_PLAIN: set[UUID] = set()


def of(order: NewToken | NewTimed) -> list[UUID]:
    """Give what could meet the needs of an order's type, if it is known to have any."""
    if order.type_id in _PLAIN:
        return []
    return directory.able(order.facility_id, order.type_id)


def learn(kind: TypeView) -> None:
    """Remember whether a type needs anything, as it is read under the locks."""
    (_PLAIN.discard if kind.has_needs else _PLAIN.add)(kind.public_id)
