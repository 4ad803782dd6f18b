"""What a buyer may ask of a provider, and as what it is answered."""

from enum import StrEnum


class Action(StrEnum):
    """The twelve messages of a buyer; each is the last part of an address of ours."""

    SEARCH = "search"
    SELECT = "select"
    INIT = "init"
    CONFIRM = "confirm"
    STATUS = "status"
    TRACK = "track"
    CANCEL = "cancel"
    UPDATE = "update"
    RATING = "rating"
    SUPPORT = "support"
    REASONS = "get_cancellation_reasons"
    CATEGORIES = "get_rating_categories"

    @property
    def callback(self) -> str:
        """Name the message that answers it, the last part of the buyer's address."""
        if self in {Action.REASONS, Action.CATEGORIES}:
            return self.value.removeprefix("get_")
        return f"on_{self}"


# Asked at any time, whatever else is under way: none of these is out of order.
TIMELESS = frozenset({Action.SEARCH, Action.STATUS})
