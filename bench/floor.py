"""
The floors: what Flask alone, and Flask with bare SQL, do in the same workers.

A Flask app of its own, without any of the product's guards: an empty view, and for each
measure a view that reads and writes the rows the product does, and nothing more. None
of them locks, checks or refuses anything; they only say what the rows cost.
"""

import hashlib
import json
import os
import secrets
import threading
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from flask import Flask, request
from flask.typing import ResponseReturnValue
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from bench import sql
from bench.hospital import SLOT_MINUTES, TOKENS

Connection = psycopg.Connection[dict[str, Any]]


def create(url: str) -> Flask:
    """Make the app of the floors on that database."""
    app = Flask(__name__)
    app.config["DATABASE"] = url.replace("+psycopg", "", 1)
    app.add_url_rule("/empty", view_func=empty)
    app.add_url_rule("/worker", view_func=worker)
    app.add_url_rule("/token", view_func=Floor(app, token), methods=["POST"])
    app.add_url_rule("/timed", view_func=Floor(app, timed), methods=["POST"])
    app.add_url_rule("/slots", view_func=Floor(app, slots))
    app.add_url_rule("/month", view_func=Floor(app, month))
    app.add_url_rule("/list", view_func=Floor(app, listing))
    app.add_url_rule("/opening", view_func=Floor(app, opening), methods=["POST"])
    return app


def empty() -> str:
    """Do nothing."""
    return ""


def worker() -> str:
    """Tell which process answers, so that a client can share its connections out."""
    return str(os.getpid())


# How far ahead openings are sought.
DAYS = 90


class Floor:
    """A view in one transaction on a connection that its thread keeps for all views."""

    _kept = threading.local()

    def __init__(self, app: Flask, act: Any) -> None:
        self._url = app.config["DATABASE"]
        self._act = act
        self.__name__ = act.__name__

    def __call__(self) -> ResponseReturnValue:
        connection: Connection | None = getattr(self._kept, "connection", None)
        if connection is None:
            connection = psycopg.connect(self._url, row_factory=dict_row)
            self._kept.connection = connection
        with connection.transaction():
            told, status = self._act(connection)
        body = told if isinstance(told, str) else json.dumps(told, default=str)
        return body, status, _JSON


_JSON = {"Content-Type": "application/json"}


def token(db: Connection) -> tuple[dict[str, Any], int]:
    """Read and write what booking a token does."""
    user, asked = _came(db), request.get_json()
    named = _prepared(db, asked, user)
    slot = db.execute(sql.TAKE, named).fetchone()
    if slot is None:
        slot = _one(db, sql.MAKE_SLOT, {**named, "tokens": TOKENS})
        if slot["taken"] == 1:
            db.execute(sql.CLAIM, {**named, "slot": slot["id"], "appointment": None})
    named |= {"slot": slot["id"], "kind": "token"}
    number = _one(db, sql.DRAW, named)
    told = _booked(db, named | {"token": number["id"]})
    return told | {"token": number["number"]}, 201


def timed(db: Connection) -> tuple[dict[str, Any], int]:
    """Read and write what booking a time does."""
    user, asked = _came(db), request.get_json()
    asked["resource_id"] = asked["resources"][0]["resource_id"]
    named = _prepared(db, asked, user)
    named |= {"slot": None, "kind": "timed", "token": None}
    db.execute(sql.CLAIMED, named).fetchall()
    told = _booked(db, named)
    db.execute(sql.CLAIM, {**named, "appointment": told["row"]})
    return told, 201


def slots(db: Connection) -> tuple[dict[str, Any], int]:
    """Read what a day's slots are worked out from."""
    _came(db)
    return _around(db, _day("day"), 1), 200


def month(db: Connection) -> tuple[dict[str, Any], int]:
    """Read what a month is worked out from."""
    _came(db)
    return _around(db, _day("first_day"), 31), 200


def listing(db: Connection) -> tuple[str, int]:
    """Read a hundred appointments with all that belongs to them."""
    _came(db)
    named = {"facility": request.args["facility"], "limit": 100}
    window = {"start": request.args["from"], "end": request.args["to"]}
    page: str = _one(db, sql.LIST, named | window)["page"]
    return page, 200


def opening(db: Connection) -> tuple[dict[str, Any], int]:
    """Read what the first opening of a whole set is worked out from."""
    _came(db)
    now = datetime.now(UTC)
    there = db.execute(sql.SERVING, request.args).fetchall()
    ids = [
        row["id"]
        for each in request.get_json()["members"]
        for row in there
        if _could_be(each, row)
    ]
    window = {"resources": ids, "start": now, "end": now + timedelta(days=DAYS)}
    facility = {"facility": there[0]["facility"]}
    reads = (sql.SETS_HOURS, sql.SETS_LEAVE, sql.SETS_REPAIRS, sql.SETS_CLAIMS)
    found = [db.execute(each, window | facility).fetchall() for each in reads]
    return {"there": there, "found": found}, 200


def _could_be(member: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    if "resource_id" in member:
        return bool(str(row["public_id"]) == member["resource_id"])
    able = member.get("capability", "")
    return row["kind"] == member["kind"] and (not able or able in row["capabilities"])


def _came(db: Connection) -> dict[str, Any]:
    """Read whose token it is."""
    _, _, secret = request.headers["Authorization"].partition(" ")
    kept = hashlib.sha256(secret.encode()).hexdigest()
    return _one(db, sql.USER, {"hash": kept})


def _prepared(
    db: Connection, asked: dict[str, Any], user: dict[str, Any]
) -> dict[str, Any]:
    """Write the key down and read all that a booking is judged by."""
    now, start = datetime.now(UTC), datetime.fromisoformat(asked["starts_at"])
    end = start + timedelta(minutes=SLOT_MINUTES)
    named: dict[str, Any] = {
        "actor": f"user:{user['id']}",
        "actor_name": user["name"],
        "key": request.headers["Idempotency-Key"],
        "fingerprint": hashlib.sha256(request.get_data()).hexdigest(),
        "outcome": uuid.uuid4(),
        "now": now,
        "day": start.date(),
        "during": Range(start, end),
    }
    db.execute(sql.ONCE, named)
    named |= _one(db, sql.BOOKABLE, {**asked, "facility_id": request.args["facility"]})
    _hours(db, named, start, end)
    db.execute(sql.RULES, named).fetchall()
    named["patient"] = _one(db, sql.PATIENT, asked)["id"]
    return named


def _booked(db: Connection, named: dict[str, Any]) -> dict[str, Any]:
    """Write the appointment, whom it is for, the day's count, trail and messages."""
    db.execute(sql.LOAD, named)
    reference = secrets.token_hex(4)
    row = _one(db, sql.BOOK, {**named, "reference": reference})
    told = {"reference": reference, "during": str(named["during"]), "row": row["id"]}
    named["after"] = Jsonb(told)
    db.execute(sql.TRAIL, named)
    db.execute(sql.TOLD, named)
    return told


def _around(db: Connection, day: date, days: int) -> dict[str, Any]:
    start = datetime.combine(day, datetime.min.time(), tzinfo=UTC)
    end = start + timedelta(days=days)
    what = _one(db, sql.PLACE, request.args)
    window = {**what, "start": start, "end": end, "first": day, "last": end.date()}
    return {
        "place": what,
        "hours": _hours(db, what, start, end),
        "claims": db.execute(sql.CLAIMS, window).fetchall(),
        "slots": db.execute(sql.SLOTS, window).fetchall(),
        "loads": db.execute(sql.LOADS, window).fetchall(),
        "rules": db.execute(sql.RULES, window).fetchall(),
    }


def _hours(
    db: Connection, what: Mapping[str, Any], start: datetime, end: datetime
) -> list[list[dict[str, Any]]]:
    named = {**what, "start": start, "end": end}
    found = (sql.SESSIONS, sql.EXCEPTIONS, sql.REPAIRS)
    return [db.execute(each, named).fetchall() for each in found]


def _one(db: Connection, statement: str, named: Mapping[str, Any]) -> dict[str, Any]:
    row = db.execute(statement, named).fetchone()
    if row is None:
        raise LookupError(statement)
    return row


def _day(name: str) -> date:
    return date.fromisoformat(request.args[name])
