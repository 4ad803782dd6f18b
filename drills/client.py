"""One client of the race: a process that asks the API and notes every answer."""

import contextlib
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, TextIO
from uuid import UUID

from drills import notes
from drills.notes import Note, Place
from drills.scene import Scene

_TIMEOUT_S = 30.0
_TRIES = 4
# What is kept of an answer: enough to see later whether it was kept.
_KEPT = ("revision", "status", "token", "kind", "starts_at", "ends_at")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status 0 means that the line broke."""

    status: int
    body: Mapping[str, Any]
    sent: float
    got: float

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class Client:
    """Who asks: its dice decide what, its list knows what became of it."""

    number: int
    scene: Scene
    port: int
    dice: Random
    out: TextIO
    keys: Random
    mine: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    held: dict[str, tuple[Mapping[str, Any], Place]] = field(default_factory=dict)
    left: list[tuple[float, Place]] = field(default_factory=list)
    others: list[Mapping[str, Any]] = field(default_factory=list)
    _line: http.client.HTTPConnection | None = None

    def here(self, tail: str) -> str:
        """Give an address in the facility of the race."""
        return f"/facilities/{self.scene.facility}/{tail}"

    def fresh_key(self) -> str:
        """Draw a key that no client draws again."""
        return str(UUID(int=self.keys.getrandbits(128)))

    def patient(self) -> str:
        return self.dice.choice(self.scene.patients)

    def act(
        self,
        name: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        place: Place | None = None,
        key: str = "",
        admin: bool = False,
        entry: str = "",
        revision: int | None = None,
        within: str = "",
    ) -> Answer:
        """
        Ask for an act and note every answer.

        With a key it is asked again when the line broke: it is done once all the same.
        With the revision that was seen it is put in the place of what is there.
        An answer may have the appointment `within` it.
        """
        method = "POST" if revision is None else "PUT"
        for _ in range(_TRIES if key else 1):
            answer = self.ask(
                method, path, body or {}, key=key, admin=admin, revision=revision
            )
            if within and answer.is_good:
                answer = replace(answer, body=answer.body[within])
            self.note(name, answer, place, key, entry)
            if answer.status:
                break
            time.sleep(0.2)
        if answer.is_good and {"id", "revision"} <= answer.body.keys():
            self.mine[answer.body["id"]] = answer.body
        return answer

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        key: str = "",
        admin: bool = False,
        revision: int | None = None,
    ) -> Answer:
        """Ask once."""
        headers = {
            "Authorization": f"Bearer {self.scene.admin if admin else self.scene.desk}",
            "Content-Type": "application/json",
        }
        if key:
            headers["Idempotency-Key"] = key
        if revision is not None:
            headers["If-Match"] = f'"{revision}"'
        data = None if body is None else json.dumps(body)
        sent = time.time()
        try:
            if self._line is None:
                self._line = http.client.HTTPConnection(
                    "127.0.0.1", self.port, timeout=_TIMEOUT_S
                )
            self._line.request(method, f"/api{path}", data, headers)
            response = self._line.getresponse()
            raw = response.read()
            told = json.loads(raw) if raw else {}
        except (OSError, http.client.HTTPException, ValueError):
            self.hang_up()
            return Answer(0, {}, sent, time.time())
        return Answer(response.status, told, sent, time.time())

    def hang_up(self) -> None:
        """Leave the line; the next question opens a new one."""
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.close()
        self._line = None

    def note(
        self,
        name: str,
        answer: Answer,
        place: Place | None = None,
        key: str = "",
        entry: str = "",
    ) -> None:
        """Write down what was answered."""
        told = answer.body
        note = Note(
            client=self.number,
            act=name,
            sent=answer.sent,
            got=answer.got,
            status=answer.status,
            code=str(told.get("code", "")) if not answer.is_good else "",
            key=key,
            place=place,
            appointment=_kept(told) if answer.is_good and "revision" in told else {},
            entry=entry or (str(told.get("id", "")) if name == "join" else ""),
        )
        self.out.write(notes.write(note) + "\n")
        self.out.flush()


def _kept(told: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what was promised of an appointment; a swap tells of its resources alone."""
    kept = {each: told[each] for each in _KEPT if each in told}
    places = [
        (each["resource"]["id"], each["starts_at"], each["ends_at"])
        for each in told["resources"]
    ]
    named = told["id"] if "id" in told else told["appointment_id"]
    return kept | {"id": named, "resources": places}
