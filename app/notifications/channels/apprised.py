"""The services that Apprise knows, as Twilio, MSG91 or a WhatsApp gateway."""

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote
from uuid import UUID

from app.core.settings import SettingError
from app.notifications.channels.filling import fill, values_of
from app.notifications.channels.letter import Letter
from app.notifications.kinds import Outcome

if TYPE_CHECKING:
    from apprise import Apprise

_ANYBODY = Letter(
    UUID(int=0),
    "+919847000000",
    "",
    "",
    template_id="1007000000000000000",
    sender="BAARIH",
    language="en",
)


class Apprised:
    """
    Send by an address of Apprise, where {to} stands for the phone number.

    {template_id}, {sender} and {language} stand there for what the text is registered
    as, where a service asks for that. Apprise says yes or no, and not whether a no was
    heard in time: what may have arrived is not sent again.
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
        service = self._service(letter)
        if not service:
            # As where it takes registered texts alone and this one is none.
            return Outcome.REFUSED, "the service has no address for it"
        if service.notify(body=letter.text):
            return Outcome.SENT, "taken by the service"
        return Outcome.UNKNOWN, "the service gave no yes"

    def _service(self, letter: Letter) -> "Apprise":
        from apprise import Apprise  # noqa: PLC0415 - it is slow to load

        quoted = {name: quote(each, "") for name, each in values_of(letter).items()}
        service = Apprise()
        service.add(fill(self._url, quoted))
        return service
