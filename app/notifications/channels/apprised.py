"""The services that Apprise knows, as Twilio, MSG91 or a WhatsApp gateway."""

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from app.core.settings import SettingError
from app.notifications.channels.letter import Letter
from app.notifications.kinds import Outcome

if TYPE_CHECKING:
    from apprise import Apprise

_ANYBODY = "+919847000000"


class Apprised:
    """
    Send by an address of Apprise, where {to} stands for the phone number.

    Apprise says yes or no, and not whether a no was heard in time: what may have
    arrived is not sent again.
    """

    again: ClassVar[bool] = False

    def __init__(self, name: str, url: str) -> None:
        self._url = url
        if not self._service(_ANYBODY):
            raise SettingError(
                name,
                "Apprise knows no service of that address",
                "Look the form of its address up in the documentation of Apprise.",
            )

    def send(self, letter: Letter) -> tuple[Outcome, str]:
        """Send it; a no may be that of a service which took it and was too slow."""
        if self._service(letter.to).notify(body=letter.text):
            return Outcome.SENT, "taken by the service"
        return Outcome.UNKNOWN, "the service gave no yes"

    def _service(self, to: str) -> "Apprise":
        from apprise import Apprise  # noqa: PLC0415 - it is slow to load

        service = Apprise()
        service.add(self._url.replace("{to}", quote(to)))
        return service
