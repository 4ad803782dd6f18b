"""Programs that come to the JSON door, each with a bearer token."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts import service as accounts
from app.accounts.views import UserView
from app.core.actor import SYSTEM
from tests.doors.world import World
from tests.factories import NOW


@dataclass(frozen=True)
class Caller:
    client: FlaskClient
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, address: str, **query: Any) -> TestResponse:
        return self.client.get(
            address, query_string=query or None, headers=self.headers
        )

    def patch(self, address: str, body: Any) -> TestResponse:
        return self.client.patch(address, json=body, headers=self.headers)

    def post(self, address: str, body: Any = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(address, json=body, headers={**self.headers, **named})

    def put(self, address: str, body: Any = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.put(address, json=body, headers={**self.headers, **named})

    def send(
        self, address: str, raw: bytes, media_type: str = "application/json"
    ) -> TestResponse:
        """Post bytes as they are."""
        return self.client.post(
            address, data=raw, content_type=media_type, headers=self.headers
        )


def caller(app: Flask, user: UserView, *, expires_at=None) -> Caller:
    secret = accounts.make_token(
        user.username, "test", by=SYSTEM, now=NOW, expires_at=expires_at
    )
    return with_secret(app, secret)


def with_secret(app: Flask, secret: str) -> Caller:
    return Caller(app.test_client(), {"Authorization": f"Bearer {secret}"})


def nobody(app: Flask) -> Caller:
    return Caller(app.test_client())


def token_body(world: World, at: datetime, **fields: Any) -> dict[str, Any]:
    """Ask for a token with Dr Rao for Asha."""
    return {
        "resource_id": str(world.rao.public_id),
        "patient_id": str(world.asha.public_id),
        "type_id": str(world.visit.public_id),
        "starts_at": at.isoformat(),
        **fields,
    }


def timed_body(world: World, at: datetime, **fields: Any) -> dict[str, Any]:
    """Ask for a time with Dr Rao for Asha."""
    whole = token_body(world, at, **fields)
    resource = {"resource_id": whole.pop("resource_id")}
    return {"resources": [resource], **whole}


def problem(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    """Read a refusal after seeing that it is a whole problem document."""
    assert response.content_type == "application/problem+json", response.text[:500]
    told: dict[str, Any] = json.loads(response.data)
    assert (response.status_code, told["code"]) == (status, code), told
    assert told["status"] == status
    for name in ("type", "title", "detail", "instance"):
        assert isinstance(told[name], str), name
        assert told[name], name
    assert response.headers["X-Request-ID"] == told["instance"]
    for each in told.get("errors", ()):
        assert each["field"]
        assert each["detail"]
    if "errors" in told:
        assert told["field"] == told["errors"][0]["field"]
    return told
