"""A gateway of our own: JSON by POST, with the message's id as its key."""

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import ClassVar
from urllib.parse import urlsplit

import orjson

from app.notifications.channels.letter import TIMEOUT_S, Letter
from app.notifications.kinds import Outcome

# Too slow, or too many at once: no judgement of the message.
_LATER = frozenset({408, 425, 429})


class Http:
    """
    Post `{"id", "to", "text"}`; any 2xx means taken. A key twice is one message.

    A registered text comes with its `template_id`, and an SMS of such with `sender`.
    """

    again: ClassVar[bool] = True

    def __init__(self, url: str) -> None:
        found = urlsplit(url)
        self._secure = found.scheme == "https"
        self._host, self._port = found.hostname or "", found.port
        self._path = (found.path or "/") + (f"?{found.query}" if found.query else "")

    def send(self, letter: Letter) -> tuple[Outcome, str]:
        """Send it; once a connection stands, silence may mean that it arrived."""
        kind = HTTPSConnection if self._secure else HTTPConnection
        connection = kind(self._host, self._port, timeout=TIMEOUT_S)
        try:
            connection.connect()
        except OSError as exc:
            return Outcome.FAILED, f"not reached: {type(exc).__name__}"
        try:
            return self._post(connection, letter)
        except (OSError, HTTPException) as exc:
            return Outcome.UNKNOWN, f"no answer: {type(exc).__name__}"
        finally:
            connection.close()

    def _post(self, connection: HTTPConnection, letter: Letter) -> tuple[Outcome, str]:
        told = {"id": str(letter.id), "to": letter.to, "text": letter.text}
        registered = {"template_id": letter.template_id, "sender": letter.sender}
        told |= {name: value for name, value in registered.items() if value}
        body = orjson.dumps(told)
        heads = {"Content-Type": "application/json", "Idempotency-Key": str(letter.id)}
        connection.request("POST", self._path, body, heads)
        status = connection.getresponse().status
        if 200 <= status < 300:
            return Outcome.SENT, f"answered {status}"
        if 400 <= status < 500 and status not in _LATER:
            return Outcome.REFUSED, f"answered {status}"
        return Outcome.FAILED, f"answered {status}"
