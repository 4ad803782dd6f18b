"""What nobody should send: refused by name, and nothing half-written."""

import io
import json

import pytest
from sqlalchemy import func, select

from app.core.db import db
from tests.doors.callers import problem
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture(autouse=True)
def nothing_is_written(world, desk):
    before = counts()

    yield

    assert counts() == before


def counts():
    tables = db.metadata.sorted_tables
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table))
        for table in tables
    }


@pytest.fixture
def tokens(world):
    return f"/api/facilities/{world.kochi.public_id}/tokens"


@pytest.fixture
def bookings(world):
    return f"/api/facilities/{world.kochi.public_id}/appointments"


@pytest.fixture
def body(world):
    return {
        "resource_id": str(world.rao.public_id),
        "patient_id": str(world.asha.public_id),
        "type_id": str(world.visit.public_id),
        "starts_at": local(11).isoformat(),
    }


UNREADABLE = {
    "nothing": b"",
    "half of it": b'{"resource_id": ',
    "no JSON": b"resource_id=1",
    "no UTF-8": b'{"note": "\xff\xfe"}',
    "UTF-16": '{"note": "a"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"note": "a"}',
    "NaN": b'{"revision": NaN}',
    "infinity": b'{"revision": -Infinity}',
    "a number without end": b'{"revision": ' + b"9" * 5_000 + b"}",
    "a deep list": b"[" * 30_000 + b"]" * 30_000,
    "a deep object": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "a raw control character": b'{"note": "\x00"}',
    "two documents": b"{}{}",
}


def test_refuses_what_is_no_json(desk, tokens):
    for name, raw in UNREADABLE.items():
        told = problem(desk.send(tokens, raw), 400, "malformed")

        assert told["detail"].startswith("The body cannot be read"), name


def test_a_name_that_stands_twice_is_named(desk, tokens):
    response = desk.send(tokens, b'{"note": "a", "note": "b"}')

    assert problem(response, 400, "malformed")["field"] == "note"


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"text"', b"12", b"true", b"[[]]"])
def test_refuses_json_that_is_no_object(desk, tokens, raw):
    told = problem(desk.send(tokens, raw), 422, "invalid")

    assert told["field"] == "body"


def test_refuses_ten_megabytes(desk, tokens):
    raw = b'{"note": "' + b"a" * 10_000_000 + b'"}'

    problem(desk.send(tokens, raw), 413, "too_large")


def test_refuses_ten_megabytes_of_unsaid_length(app, desk, tokens):
    response = app.test_client().post(
        tokens,
        input_stream=io.BytesIO(b"a" * 10_000_000),
        content_type="application/json",
        headers=desk.headers,
        environ_overrides={"wsgi.input_terminated": True},
    )

    problem(response, 413, "too_large")


def test_refuses_forms_and_plain_text(desk, tokens, body):
    raw = json.dumps(body).encode()

    for media_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        problem(desk.send(tokens, raw, media_type), 415, "not_json")


WRONG_IN_TOKEN = {
    "resource_id": (None, 12, "rao", "x" * 700, [], {}, True, "\u0000"),
    "patient_id": (None, "12", [None]),
    "type_id": (1.5, ""),
    "starts_at": (
        None,
        "2026-03-02T11:00:00",
        "2026-03-02",
        "tomorrow",
        1_772_000_000,
        True,
        [],
        {},
        "0001-01-01T00:00:00+05:30",
        "9999-12-31T23:59:59-05:30",
        "2026-02-30T11:00:00Z",
        "2026-03-02T25:00:00Z",
        "-2026-03-02T11:00:00Z",
        "2026-03-02T11:00:00+99:00",
        "2026-03-02T11:00:00Z\u0000",
    ),
    "note": (12, None, ["a"], "a\u0000b", "a\nb", "\ud800", "\u202eab", "n" * 501),
    "facility_id": ("00000000-0000-4000-8000-000000000000",),
    "once": ("k",),
    "channel": ("desk",),
    "\u0000": (1,),
    "\ud800": (1,),
    "__class__": (1,),
}


def test_each_wrong_value_of_a_token_order_is_told_by_its_name(desk, tokens, body):
    for field, values in WRONG_IN_TOKEN.items():
        for value in values:
            raw = json.dumps({**body, field: value}).encode()

            told = problem(desk.send(tokens, raw), 422, "invalid")

            assert told["field"] in {field, "?"}, (field, value)


def test_each_name_left_out_is_told(desk, tokens, body):
    for field in body:
        less = {name: value for name, value in body.items() if name != field}

        told = problem(desk.post(tokens, less), 422, "invalid")

        assert told["field"] == field


def test_a_naive_time_is_told_what_it_lacks(desk, tokens, body):
    response = desk.post(tokens, body | {"starts_at": "2026-03-02T11:00:00"})

    told = problem(response, 422, "invalid")
    assert told["field"] == "starts_at"
    assert "offset" in told["detail"]


def test_every_wrong_field_is_told_at_once(desk, tokens):
    response = desk.post(tokens, {"starts_at": "soon", "colour": "red"})

    told = problem(response, 422, "invalid")
    assert {each["field"] for each in told["errors"]} == {
        "starts_at",
        "colour",
        "resource_id",
        "patient_id",
        "type_id",
    }


def timed(body, **fields):
    named = {name: value for name, value in body.items() if name != "resource_id"}
    resources = [{"resource_id": body["resource_id"]}]
    return named | {"starts_at": local(15).isoformat(), "resources": resources} | fields


def test_each_wrong_value_of_a_timed_order_is_told_by_its_name(desk, bookings, body):
    rao = {"resource_id": body["resource_id"]}
    three, four = local(15).isoformat(), local(16).isoformat()
    wrong = [
        ({"ends_at": local(14).isoformat()}, "ends_at"),
        ({"ends_at": three}, "ends_at"),
        ({"ends_at": "2026-03-02T16:00:00"}, "ends_at"),
        ({"ends_at": "2199-01-01T00:00:00Z"}, "ends_at"),
        ({"resources": []}, "resources"),
        ({"resources": {}}, "resources"),
        ({"resources": "rao"}, "resources"),
        ({"resources": [None]}, "resources[0]"),
        ({"resources": ["rao"]}, "resources[0]"),
        ({"resources": [rao, {"resource_id": 1}]}, "resources[1].resource_id"),
        ({"resources": [rao | {"unit": 1}]}, "resources[0].unit"),
        ({"resources": [rao | {"starts_at": three}]}, "resources[0].ends_at"),
        ({"resources": [rao | {"ends_at": three}]}, "resources[0].starts_at"),
        (
            {"resources": [rao | {"starts_at": four, "ends_at": three}]},
            "resources[0].ends_at",
        ),
        ({"resources": [rao, rao]}, "resources"),
        ({"resources": [rao] * 21}, "resources"),
        ({"patient_id": "nobody"}, "patient_id"),
    ]

    for fields, field in wrong:
        response = desk.post(bookings, timed(body, **fields))

        assert problem(response, 422, "invalid")["field"] == field, fields


def test_each_wrong_value_of_a_move_is_told_by_its_name(desk, world):
    address = f"/api/appointments/{world.timed.id}/move"
    at = {"starts_at": local(16).isoformat()}
    wrong = [
        ({}, "starts_at"),
        (at | {"revision": "1"}, "revision"),
        (at | {"revision": 1.0}, "revision"),
        (at | {"revision": True}, "revision"),
        (at | {"revision": 0}, "revision"),
        (at | {"revision": 2**31}, "revision"),
        (at | {"resource_id": 7}, "resource_id"),
        (at | {"ends_at": at["starts_at"]}, "ends_at"),
        (at | {"status": "completed"}, "status"),
    ]

    for body, field in wrong:
        assert problem(desk.post(address, body), 422, "invalid")["field"] == field


def test_each_wrong_value_of_a_patient_is_told_by_its_name(desk, world):
    right = {"facility_id": str(world.kochi.public_id), "name": "Leela"}
    wrong = [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "a" * 121}, "name"),
        ({"name": "Lee\u0000la"}, "name"),
        ({"name": None}, "name"),
        ({"phone": "12"}, "phone"),
        ({"phone": 9847012345}, "phone"),
        ({"phone": "9" * 41}, "phone"),
        ({"phone": "+91 98470\u0000"}, "phone"),
        ({"sex": "F"}, "sex"),
        ({"sex": []}, "sex"),
        ({"birth_date": "1990-02-30"}, "birth_date"),
        ({"birth_date": "0001-01-01"}, "birth_date"),
        ({"birth_date": "9999-12-31"}, "birth_date"),
        ({"birth_date": "2026-03-03"}, "birth_date"),
        ({"birth_date": 19900101}, "birth_date"),
        ({"birth_year": "1990"}, "birth_year"),
        ({"birth_year": 1}, "birth_year"),
        ({"birth_year": 10**19}, "birth_year"),
        ({"birth_year": True}, "birth_year"),
        ({"birth_date": "1990-01-01", "birth_year": 1990}, "birth_year"),
        ({"language": "english"}, "language"),
        ({"language": "en\n"}, "language"),
        ({"mrn": "m" * 21}, "mrn"),
        ({"id": "12"}, "id"),
        ({"facility_id": "kochi"}, "facility_id"),
    ]

    for fields, field in wrong:
        response = desk.post("/api/patients", right | fields)

        assert problem(response, 422, "invalid")["field"] == field, fields


def test_each_wrong_value_of_a_query_is_told_by_its_name(desk, world):
    base = f"/api/facilities/{world.kochi.public_id}/resources/{world.rao.public_id}"
    desk_of = f"facility_id={world.kochi.public_id}"
    wrong = [
        (f"{base}/slots", "day"),
        (f"{base}/slots?day=0001-01-01", "day"),
        (f"{base}/slots?day=9999-12-31", "day"),
        (f"{base}/slots?day=2026-02-30", "day"),
        (f"{base}/slots?day=today", "day"),
        (f"{base}/slots?day=2026-03-02%00", "day"),
        (f"{base}/slots?day=2026-03-02&zone=UTC", "zone"),
        (f"{base}/openings", "type_id"),
        (f"{base}/openings?type_id={world.visit.public_id}&most=0", "most"),
        (f"{base}/openings?type_id={world.visit.public_id}&minutes=1e9", "minutes"),
        (f"{base}/openings?type_id={world.visit.public_id}&after=now", "after"),
        (f"/api/patients?{desk_of}", "q"),
        (f"/api/patients?{desk_of}&q=", "q"),
        (f"/api/patients?{desk_of}&q=a%00", "q"),
        (f"/api/patients?{desk_of}&q={'a' * 81}", "q"),
        ("/api/patients?q=asha", "facility_id"),
        ("/api/patients?q=asha&facility_id=1", "facility_id"),
    ]

    for address, field in wrong:
        assert problem(desk.get(address), 422, "invalid")["field"] == field, address


def test_searches_that_mean_nothing_find_nobody(desk, world):
    for typed in ("%", "'", "\\", "a' | 'b", ":*", "&", "🙂", "\u200d", "ͷ" * 40):
        response = desk.get("/api/patients", facility_id=world.kochi.public_id, q=typed)

        assert response.status_code in {200, 422}, typed
        assert response.json.get("patients", []) == [], typed


def test_addresses_that_do_not_exist_are_told_in_kind(desk):
    for address in ("/api/nothing", "/api/facilities/1/resources", "/api/"):
        problem(desk.get(address), 404, "not_found")


def test_methods_that_do_not_exist_are_told_in_kind(app, desk):
    response = app.test_client().delete("/api/types", headers=desk.headers)

    problem(response, 405, "method_not_allowed")
    assert "GET" in response.headers["Allow"]


def test_a_fault_of_ours_tells_nothing_of_its_inside(app, desk, caplog, monkeypatch):
    def broken(**_):
        raise RuntimeError("the password is sesame")

    monkeypatch.setattr("app.directory.queries.internal.types", broken)

    response = desk.get("/api/types")

    problem(response, 500, "internal")
    assert "sesame" not in response.text
    assert "sesame" in caplog.text
