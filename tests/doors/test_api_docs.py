"""The OpenAPI document says the truth, and people can read it."""

import re

import html5lib
import pytest
from openapi_spec_validator import validate

from tests.doors.callers import nobody

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def spec(app, session):
    return nobody(app).get("/api/openapi.json").json


def test_the_document_is_valid_openapi(spec):
    validate(spec)

    assert spec["openapi"].startswith("3.")


def test_every_route_is_in_the_document(app, spec):
    told = {
        (path, method.upper())
        for path, item in spec["paths"].items()
        for method in item
        if method.upper() in METHODS
    }

    routes = {
        (re.sub(r"<(?:[a-z]+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods & METHODS
        if rule.rule.startswith("/api/") and not rule.endpoint.startswith("api_docs.")
    }

    assert told == routes


def test_every_operation_tells_its_refusals_and_wants_a_token(spec):
    operations = [
        operation
        for item in spec["paths"].values()
        for method, operation in item.items()
        if method.upper() in METHODS
    ]

    assert spec["security"] == [{"bearer": []}]
    assert len(operations) >= 15
    for operation in operations:
        assert operation["summary"].endswith(".")
        assert operation["responses"]["default"]
    described = spec["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert set(described) == {"application/problem+json"}


def test_the_page_shows_every_operation_and_code(app, session, spec):
    page = nobody(app).get("/api/docs")

    html5lib.HTMLParser(strict=True).parse(page.text)
    for path in spec["paths"]:
        assert path in page.text
    for code in ("slot_taken", "idempotency_key_reused", "mrn_taken", "malformed"):
        assert f'id="{code}"' in page.text


def test_every_link_within_the_page_leads_somewhere(app, session):
    page = nobody(app).get("/api/docs").text

    targets = set(re.findall(r'href="#([^"]+)"', page))
    anchors = re.findall(r'id="([^"]+)"', page)

    assert targets <= set(anchors)
    assert len(anchors) == len(set(anchors))


def test_the_page_needs_no_script_and_nobody_else(app, session):
    page = nobody(app).get("/api/docs").text

    assert "<script" not in page
    assert "style=" not in page
    assert "http" not in re.sub(r"<!doctype[^>]*>", "", page)
