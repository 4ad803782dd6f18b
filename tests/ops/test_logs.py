"""One JSON line a request, with an id the caller can ask about."""

import io
import json
import logging

import pytest

from app.core import context
from app.core.logs import JsonFormatter
from app.jobs import worker


@pytest.fixture
def lines():
    """Collect what the request log writes, parsed."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("baari.request")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logger.removeHandler(handler)
    logger.setLevel(before)


class TestRequestLog:
    def test_gives_back_the_id_it_was_given(self, app, lines):
        answer = app.test_client().get("/nowhere", headers={"X-Request-ID": "desk-1.7"})

        (line,) = lines()
        assert answer.headers["X-Request-ID"] == "desk-1.7"
        assert line["request_id"] == "desk-1.7"
        assert (line["method"], line["path"], line["status"]) == (
            "GET",
            "/nowhere",
            404,
        )
        assert line["ms"] >= 0
        assert line["actor"] is None

    @pytest.mark.parametrize("given", ["", "a" * 65, "two words", 'x","admin":"1', "é"])
    def test_makes_an_id_when_the_given_one_is_not_sane(self, app, given):
        answer = app.test_client().get("/healthz", headers={"X-Request-ID": given})

        assert answer.headers["X-Request-ID"] != given
        assert len(answer.headers["X-Request-ID"]) == 16

    def test_does_not_tell_the_query(self, app, lines):
        app.test_client().get("/nowhere?phone=+919800000001")

        assert "9800000001" not in json.dumps(lines())

    @pytest.mark.parametrize("opens", ["/a/", "/o/", "/s/", "/n/"])
    def test_does_not_tell_what_opens_something(self, app, lines, opens):
        secret = "0198C5A0-7F3B-7ABC-8DEF-0123456789AB"
        app.test_client().get(f"{opens}{secret}")

        (line,) = lines()
        assert secret not in json.dumps(line)
        assert line["path"].startswith(f"{opens}<")

    def test_says_nothing_of_the_probes_of_machines(self, app, lines):
        app.test_client().get("/healthz")

        assert lines() == []


class TestJsonFormatter:
    def test_keeps_what_a_line_holds_inside_it(self):
        context.begin("job-1")
        record = logging.makeLogRecord({"msg": 'a "b"\n{"c": 1}', "levelname": "INFO"})

        written = JsonFormatter().format(record)

        assert "\n" not in written
        assert json.loads(written)["message"] == 'a "b"\n{"c": 1}'
        assert json.loads(written)["request_id"] == "job-1"

    def test_tells_where_it_broke(self):
        given = (ValueError, ValueError("broken"), None)
        record = logging.makeLogRecord({"msg": "oh", "exc_info": given})

        assert (
            "ValueError: broken"
            in json.loads(JsonFormatter().format(record))["traceback"]
        )


class TestHealth:
    def test_process_is_up_without_asking_anybody(self, app):
        assert app.test_client().get("/healthz").json == {"status": "ok"}

    def test_is_ready_on_good_servers(self, app):
        answer = app.test_client().get("/readyz")

        assert answer.status_code == 200
        assert set(answer.json["checks"]) == {"database", "redis", "migrations"}
        assert set(answer.json["checks"].values()) == {"ok"}

    def test_is_not_ready_before_it_is_migrated(self, app, monkeypatch):
        monkeypatch.setitem(app.extensions, "baari.heads", {"tomorrow"})

        answer = app.test_client().get("/readyz")

        assert answer.status_code == 503
        assert answer.json["checks"]["database"] == "ok"
        assert "baari migrate" in answer.json["checks"]["migrations"]


class TestJobs:
    def test_show_that_they_run(self, app):
        worker._app = app
        try:
            worker.run("beat")
        finally:
            worker._app = None

        assert app.test_client().get("/readyz").json["jobs"] == "running"
