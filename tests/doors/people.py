"""People who come to a door: with a session and its forms, or with a bearer token."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts import service as accounts
from app.accounts.views import UserView
from app.core.actor import SYSTEM
from tests.doors.access import Answer, Person
from tests.doors.world import NOW, PASSWORD, World

COOKIE = "baari"
_HIDDEN = re.compile(
    r'<input type="hidden"\s+name="(\w+)"(?:\s+id="\w+")?\s+value="([^"]*)"'
)
_CSRF = re.compile(r'name="csrf_token"\s+value="([^"]+)"')


@dataclass(frozen=True)
class Visitor:
    client: FlaskClient
    csrf: str = ""
    bearer: str = ""

    def ask(
        self,
        method: str,
        address: str,
        *,
        form: Mapping[str, Any] | None = None,
        json: Mapping[str, Any] | None = None,
        htmx: bool = False,
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        if htmx:
            headers["HX-Request"] = "true"
        body = {}
        if json is not None:
            body["json"] = json
        elif method == "POST":
            body["data"] = {"csrf_token": self.csrf, **(form or {})}
        # The test has an app context open already; a request must not find in its `g`
        # who came before.
        with self.client.application.app_context():
            return self.client.open(
                address, method=method, headers=headers, buffered=True, **body
            )

    def get(self, address: str, *, htmx: bool = False) -> TestResponse:
        return self.ask("GET", address, htmx=htmx)

    def post(self, address: str, *, htmx: bool = False, **form: Any) -> TestResponse:
        return self.ask("POST", address, form=form, htmx=htmx)

    def again(self) -> "Visitor":
        """Come once more as before, whatever was done with the session meanwhile."""
        client = self.client.application.test_client()
        cookie = self.client.get_cookie(COOKIE)
        if cookie is not None:
            client.set_cookie(COOKIE, cookie.value)
        return replace(self, client=client)


def visitor(
    app: Flask, world: World, person: Person, *, bearer: bool = False
) -> Visitor:
    """Let a person come to the door as themselves."""
    user = _user(world, person)
    if bearer:
        return Visitor(app.test_client(), bearer=_bearer(user) if user else "")
    return stranger(app) if user is None else signed_in(app, user)


def stranger(app: Flask) -> Visitor:
    """Come without signing in, yet with a form that is not forged."""
    came = Visitor(app.test_client())
    return replace(came, csrf=csrf_of(came.get("/sign-in")))


def signed_in(app: Flask, user: UserView) -> Visitor:
    """Sign in with the password, as at the desk."""
    came = stranger(app)
    came.post("/sign-in", username=user.username, password=PASSWORD)
    # The session is a new one, and so is what its forms carry.
    return replace(came, csrf=csrf_of(came.get("/sign-in")))


def csrf_of(response: TestResponse) -> str:
    found = _CSRF.search(response.text)
    assert found, response.text[:2000]
    return found[1]


def hidden(answer: TestResponse) -> dict[str, list[str]]:
    """Read what a form keeps, as a browser sends it back."""
    found = _HIDDEN.findall(answer.text)
    kept: dict[str, list[str]] = {}
    for name, value in found:
        if name != "csrf_token":
            kept.setdefault(name, []).append(value.replace("&amp;", "&"))
    return kept


def answer_of(response: TestResponse) -> Answer:
    """Read what an answer means for who asked."""
    location = response.headers.get("Location", "")
    if response.status_code == 401 or location.startswith("/sign-in?"):
        return Answer.SIGN_IN
    if response.status_code == 403:
        return Answer.FORBIDDEN
    if response.status_code == 404:
        return Answer.HIDDEN
    # "Not ready" is an answer too: within a test the database is one busy connection.
    # A conflict is told only to who may do it: an undo is for who made the move.
    let_in = response.status_code < 400 or response.status_code in {409, 503}
    assert let_in, (response.status_code, response.text[:2000])
    return Answer.OPEN


def _user(world: World, person: Person) -> UserView | None:
    return {
        Person.ANONYMOUS: None,
        Person.OUTSIDER: world.ravi,
        Person.ANALYST: world.anu,
        Person.DESK: world.meena,
        Person.ADMIN: world.admin,
    }[person]


def _bearer(user: UserView) -> str:
    return accounts.make_token(
        user.username, "test", by=SYSTEM, now=NOW, expires_at=None
    )
