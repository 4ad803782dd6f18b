"""The context of a message, in no dialect's names for its fields."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

# Where a message says nothing of how long it may be on its way.
USUAL_TTL = timedelta(seconds=30)


class Wire(StrEnum):
    """How a network writes its fields; its version string says nothing of it."""

    CORE = "core"
    UHI = "uhi"
    V2 = "v2"


class Context(Struct, frozen=True, kw_only=True):
    """
    Who speaks to whom, of what, and when; in the names of core networks.

    `bpp_id` and `bpp_uri` may be empty in a search alone. Addresses end in no slash.
    """

    domain: str
    action: str
    version: str
    bap_id: str
    bap_uri: str
    bpp_id: str
    bpp_uri: str
    transaction_id: str
    message_id: str
    timestamp: datetime
    ttl: timedelta
    city: str
    country: str
    wire: Wire = Wire.CORE

    @property
    def stale_at(self) -> datetime:
        """Tell until when it may be answered."""
        return self.timestamp + self.ttl


def stamp(moment: datetime) -> str:
    """Write a moment as networks want it: RFC 3339 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
