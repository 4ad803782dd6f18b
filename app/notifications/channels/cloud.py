"""WhatsApp's own gateway, the Cloud API, and those that speak as it does."""

from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import orjson

from app.notifications.channels.letter import Letter
from app.notifications.channels.server import Server
from app.notifications.kinds import Outcome

# It takes no value that is empty, nor one with line breaks.
_NOTHING = "-"


class Cloud:
    """
    Post to `whatsapp+https://:TOKEN@graph.facebook.com/v23.0/PHONE_NUMBER_ID/messages`.

    A registered text goes by the name of its template, with its values in the order in
    which they stand in it. Another goes as it is, which WhatsApp takes for a day after
    its patient wrote. It knows no keys: what may have arrived is not sent again.
    """

    again: ClassVar[bool] = False

    def __init__(self, url: str) -> None:
        found = urlsplit(url)
        self._server = Server(found)
        self._path = found.path
        self._token = unquote(found.password or "")

    def send(self, letter: Letter) -> tuple[Outcome, str]:
        """Send it, and tell what its status means."""
        told: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": letter.to.removeprefix("+"),
            "biz_opaque_callback_data": str(letter.id),
        }
        if letter.template_id:
            told |= {"type": "template", "template": _template(letter)}
        else:
            told |= {"type": "text", "text": {"body": letter.text}}
        heads = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self._token}",
        }
        return self._server.ask("POST", self._path, orjson.dumps(told), heads)


def _template(letter: Letter) -> dict[str, Any]:
    named: dict[str, Any] = {
        "name": letter.template_id,
        "language": {"code": letter.language},
    }
    said = [" ".join(each.split()) or _NOTHING for each in letter.values]
    if said:
        values = [{"type": "text", "text": each} for each in said]
        named["components"] = [{"type": "body", "parameters": values}]
    return named
