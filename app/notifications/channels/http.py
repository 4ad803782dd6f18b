"""A gateway of our own: JSON by POST, with the message's id as its key."""

from typing import ClassVar
from urllib.parse import urlsplit

import orjson

from app.notifications.channels.letter import Letter
from app.notifications.channels.server import Server
from app.notifications.kinds import Outcome


class Http:
    """
    Post `{"id", "to", "text"}`; any 2xx means taken. A key twice is one message.

    A registered text comes with its `template_id`, and an SMS of such with `sender`.
    """

    again: ClassVar[bool] = True

    def __init__(self, url: str) -> None:
        found = urlsplit(url)
        self._server = Server(found)
        self._path = (found.path or "/") + (f"?{found.query}" if found.query else "")

    def send(self, letter: Letter) -> tuple[Outcome, str]:
        """Send it, and tell what its status means."""
        told = {"id": str(letter.id), "to": letter.to, "text": letter.text}
        registered = {"template_id": letter.template_id, "sender": letter.sender}
        told |= {name: value for name, value in registered.items() if value}
        heads = {"Content-Type": "application/json", "Idempotency-Key": str(letter.id)}
        return self._server.ask("POST", self._path, orjson.dumps(told), heads)
