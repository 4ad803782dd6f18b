"""One HTTP server that takes messages: asked, and what its answer means."""

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult

from app.notifications.channels.letter import TIMEOUT_S
from app.notifications.kinds import Outcome

# Too slow, or too many at once: no judgement of the message.
_LATER = frozenset({408, 425, 429})
# Gateways say at the beginning what became of it.
_HEARD = 4096


class Server:
    """Who is asked; `says` is what stands in an answer of theirs that means taken."""

    def __init__(self, url: SplitResult, says: str = "") -> None:
        self._secure = url.scheme.endswith("https")
        self._host, self._port = url.hostname or "", url.port
        self._says = says

    def ask(
        self, method: str, path: str, body: bytes, heads: Mapping[str, str]
    ) -> tuple[Outcome, str]:
        """Hand it over; once a connection stands, silence may mean that it arrived."""
        kind = HTTPSConnection if self._secure else HTTPConnection
        connection = kind(self._host, self._port, timeout=TIMEOUT_S)
        try:
            connection.connect()
        except OSError as exc:
            return Outcome.FAILED, f"not reached: {type(exc).__name__}"
        try:
            connection.request(method, path, body or None, dict(heads))
            answer = connection.getresponse()
            outcome, why = _judged(answer.status)
            if outcome is not Outcome.SENT or not self._says:
                return outcome, why
            heard = answer.read(_HEARD).decode(errors="replace")
        except (OSError, HTTPException) as exc:
            return Outcome.UNKNOWN, f"no answer: {type(exc).__name__}"
        finally:
            connection.close()
        if self._says in heard:
            return outcome, why
        return Outcome.REFUSED, f"{why}, in other words than those of a yes"


def _judged(status: int) -> tuple[Outcome, str]:
    if 200 <= status < 300:
        return Outcome.SENT, f"answered {status}"
    if 400 <= status < 500 and status not in _LATER:
        return Outcome.REFUSED, f"answered {status}"
    return Outcome.FAILED, f"answered {status}"
