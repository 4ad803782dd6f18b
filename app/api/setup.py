"""Hang the JSON door into the app."""

from collections.abc import Callable
from http import HTTPStatus
from threading import Lock
from typing import Any

from flask import Flask
from flask_smorest import Api

from app.api import docs
from app.api.parts import (
    appointments,
    boards,
    cascades,
    comments,
    conflicts,
    delegations,
    directory,
    displacements,
    holds,
    hours,
    levels,
    lobby,
    merges,
    messages,
    notices,
    patients,
    places,
    procedures,
    queues,
    receipts,
    requests,
    resources,
    roles,
    rules,
    series,
    slots,
    teams,
    texts,
    trail,
    visits,
    waitlist,
)
from app.api.problems import MEDIA_TYPE, PREFIX, tell
from app.api.schemas.problems import ProblemSchema
from app.doors import failures

PARTS = (
    directory.bp,
    patients.bp,
    slots.bp,
    appointments.bp,
    hours.bp,
    rules.bp,
    holds.bp,
    requests.bp,
    visits.bp,
    series.bp,
    waitlist.bp,
    resources.bp,
    conflicts.bp,
    comments.bp,
    trail.bp,
    cascades.bp,
    displacements.bp,
    messages.bp,
    texts.bp,
    teams.bp,
    procedures.bp,
    roles.bp,
    places.bp,
    delegations.bp,
    queues.bp,
    lobby.bp,
    boards.bp,
    levels.bp,
    receipts.bp,
    merges.bp,
    notices.bp,
)

_BEARER = {"type": "http", "scheme": "bearer"}


class JsonDoor(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """
    The parts of the API and the OpenAPI document that describes them.

    The document is made when it is first asked for: few ask, and as long as nobody has,
    every process would keep some megabytes of it, and start later.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._unwritten: list[Callable[[], None]] = []
        self._writing = Lock()
        super().__init__(*args, **kwargs)

    def later(self, write: Callable[[], None]) -> None:
        """Remember how a part is written into the document."""
        self._unwritten.append(write)

    def document(self) -> dict[str, Any]:
        """Give the document as it is for whole, however many ask at once."""
        with self._writing:
            while self._unwritten:
                self._unwritten.pop(0)()
            return dict(self.spec.to_dict())

    def _register_error_handlers(self) -> None:
        """Leave errors to `app.doors.failures`: this would catch every door's."""

    def _register_responses(self) -> None:
        """Describe every refusal as the problem document it is."""
        for status in HTTPStatus:
            self._describe(status.name, status.phrase)
        self._describe("DEFAULT_ERROR", "A refusal")

    def _describe(self, name: str, description: str) -> None:
        content = {MEDIA_TYPE: {"schema": ProblemSchema}}
        described = {"description": description, "content": content}
        self.spec.components.response(name, described, lazy=True)


def init_app(app: Flask) -> None:
    """Register the parts of the API and its documentation."""
    door = JsonDoor(
        app,
        spec_kwargs={
            "title": "Baari",
            "version": "1",
            "openapi_version": "3.0.3",
            "info": {"description": docs.INTRODUCTION},
            "security": [{"bearer": []}],
        },
    )
    door.spec.components.security_scheme("bearer", _BEARER)
    for part in PARTS:
        door.register_blueprint(part)
    docs.init_app(app, door.document)
    failures.tell_with(app, PREFIX, tell)
