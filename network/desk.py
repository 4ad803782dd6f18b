"""The clinic's desk: a program of its own that acts by the house's JSON."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import urllib3


class Desk:
    """Somebody of the reception, by their token."""

    def __init__(self, address: str, scene: Mapping[str, str]) -> None:
        self._here, self._facility = f"{address}/api", scene["facility"]
        self._headers = {"Authorization": f"Bearer {scene['token']}"}
        self._pool = urllib3.PoolManager(retries=False, timeout=30)

    def move(self, reference: str, start: datetime, to: datetime) -> dict[str, Any]:
        """Move a visit that stands at `start` to another time of the same doctor."""
        found = self._asked("GET", self._day(start))
        seen = next(
            each
            for each in found["appointments"]
            if each["reference"] == reference and each["status"] == "scheduled"
        )
        body = {"starts_at": to.isoformat(), "revision": seen["revision"]}
        return self._asked("POST", f"/appointments/{seen['id']}/move", body)

    def _day(self, start: datetime) -> str:
        window = {
            "from": start.isoformat(),
            "to": (start + timedelta(minutes=1)).isoformat(),
        }
        return f"/facilities/{self._facility}/appointments?{urlencode(window)}"

    def _asked(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        told = self._pool.request(
            method, self._here + path, json=body, headers=self._headers
        )
        if told.status != HTTPStatus.OK:
            raise RuntimeError(f"{method} {path}: {told.status} {told.data[:300]!r}")
        answer: dict[str, Any] = told.json()
        return answer
