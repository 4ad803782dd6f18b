"""Gateways of carriers: the fields they ask for, by POST or in their address."""

from base64 import b64encode
from typing import ClassVar
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from app.notifications.channels.filling import fill, values_of
from app.notifications.channels.letter import Letter
from app.notifications.channels.server import Server
from app.notifications.kinds import Outcome

_FORM = "application/x-www-form-urlencoded"


class Form:
    """
    Fill in the fields of an address, as `?To={to}&Body={text}&DltId={template_id}`.

    `form+https://` posts them, `get+https://` asks with them. One that stays empty is
    left out: only a registered text has a template. Some say 200 to everything: after
    `#` stands what is in their answer if they took it. They know no keys, so what may
    have arrived is not sent again.
    """

    again: ClassVar[bool] = False

    def __init__(self, url: str) -> None:
        found = urlsplit(url)
        self._posts = found.scheme.startswith("form+")
        self._server = Server(found, unquote(found.fragment))
        self._path = found.path or "/"
        self._fields = parse_qsl(found.query, keep_blank_values=True)
        self._heads = _login(found.username, found.password)

    def send(self, letter: Letter) -> tuple[Outcome, str]:
        """Send it; a refusal in the answer's words counts as one."""
        values = values_of(letter)
        filled = [(name, fill(value, values)) for name, value in self._fields]
        written = urlencode([(name, value) for name, value in filled if value])
        if not self._posts:
            return self._server.ask("GET", f"{self._path}?{written}", b"", self._heads)
        heads = self._heads | {"Content-Type": _FORM}
        return self._server.ask("POST", self._path, written.encode(), heads)


def _login(user: str | None, password: str | None) -> dict[str, str]:
    if user is None:
        return {}
    both = f"{unquote(user)}:{unquote(password or '')}"
    return {"Authorization": f"Basic {b64encode(both.encode()).decode()}"}
