"""What every way out takes, and what it gives back."""

from typing import ClassVar, Protocol
from uuid import UUID

from msgspec import Struct

from app.notifications.kinds import Outcome

# A gateway that says nothing for longer may have taken it all the same.
TIMEOUT_S = 10


class Letter(Struct, frozen=True):
    """
    One message, ready to go: `to` is a mail address or a phone number in E.164.

    `template_id` and `sender` say as what its text is registered with the carriers,
    and `values` what stands in it for each of its variables, one after the other.
    """

    id: UUID
    to: str
    subject: str
    text: str
    template_id: str = ""
    sender: str = ""
    language: str = ""
    values: tuple[str, ...] = ()
    # Where whoever gets it stops them all, if it may be stopped.
    stop: str = ""


class Gateway(Protocol):
    """
    A way out.

    `again` says whether what may have arrived is sent once more: right where the other
    side knows a message by its id, wrong where it would be told twice.
    """

    again: ClassVar[bool]

    def send(self, letter: Letter) -> tuple[Outcome, str]:
        """Send it; tell what became of it, and why in words without secrets."""
        ...
