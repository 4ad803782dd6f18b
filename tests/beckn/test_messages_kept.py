"""Every message of ours is held against the published schema and our stricter own."""

import json
import os
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from app.booking import queries, service
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.directory import service as directory
from beckn import context as contexts
from beckn.dialects.core import CORE
from beckn.dialects.core_schema import SCHEMAS
from tests import factories as make
from tests.beckn.buying import HOUSE, Buyer, show
from tests.beckn.mutations import changed, drop, misspell, retype, spots
from tests.factories import NOW, local
from tests.rooms.clinic import Clinic

SPEC = os.environ.get("BECKN_SPEC_DIR", "")
META = {"cancellation_reasons", "rating_categories"}


@pytest.fixture
def flow(session):
    """Go the whole way with one buyer; give each callback by its action."""
    clinic = Clinic(tokens=4)
    medicine = directory.add_department(
        clinic.place, "General medicine", by=SYSTEM, now=NOW
    )
    doctor = make.resource(
        clinic.place, department_id=medicine.id, token_prefix="B", name="Dr Rao"
    )
    make.hours(clinic.place, doctor, make.opd(tokens=4))
    visit = make.kind(minutes=30, price=Decimal(300))
    show(clinic.place, doctor)
    buyer = Buyer(place=clinic.place)
    agent = {"agent": {"person": {"name": "Dr Rao"}}}
    first, second = buyer.finds(item={"id": visit.code}, fulfillment=agent)[:2]
    order = buyer.order(first["id"], visit.code)
    for action in ("select", "init", "confirm"):
        told = buyer.one(action, order=order)
    given = told["order"]["id"]
    buyer.one("status", order_id=given)
    buyer.one("track", order_id=given)
    buyer.one(
        "update",
        update_target="fulfillment",
        order={"id": given, "fulfillments": [{"id": second["id"]}]},
    )
    buyer.one("get_cancellation_reasons")
    buyer.one("get_rating_categories")
    words = {"short_desc": "Feeling better"}
    buyer.one("cancel", order_id=given, cancellation_reason_id="002", descriptor=words)
    _rated(clinic, doctor, visit, buyer)
    return [(_callback(action), told["message"]) for action, told in buyer.sent]


def _rated(clinic, doctor, visit, buyer):
    """Let another transaction come to its end, and rate it."""
    other = Buyer(place=clinic.place)
    agent = {"agent": {"person": {"name": "Dr Rao"}}}
    first = other.finds(item={"id": visit.code}, fulfillment=agent)[0]
    told = other.one("confirm", order=other.order(first["id"], visit.code))
    (seen,) = [
        each
        for each in queries.appointments(
            clinic.place, make.span(local(0), 24 * 60), by=SYSTEM
        )
        if each.status is Status.SCHEDULED
    ]
    for step in (Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED):
        service.attend(seen.id, step, by=SYSTEM, now=local(10))
    rating = {"rating_category": "Order", "id": told["order"]["id"], "value": "5"}
    other.one("rating", local(11), ratings=[rating])
    buyer.sent += [each for each in other.sent if each[0] == "rating"]


def _callback(action):
    return action.removeprefix("get_") if "get_" in action else f"on_{action}"


@cache
def _strict(action):
    return Draft202012Validator(SCHEMAS[action])


def test_every_message_says_all_it_must_and_nothing_else(flow):
    for action, message in flow:
        _strict(action).validate(message)
    told = {action for action, _ in flow}
    assert told == set(SCHEMAS) - {"on_support"}


def _published(name):
    document = yaml.safe_load((Path(SPEC) / name).read_text(encoding="utf-8"))
    if name == "meta.yaml":
        # Some of its references point into places that are not there.
        text = json.dumps(document)
        document = json.loads(
            text.replace(
                "#/paths/~1return_reasons/post/requestBody/content/application~1json"
                "/schema/properties/context/allOf/0",
                "#/components/schemas/Context",
            )
        )
    return Registry().with_resource(
        "urn:core", Resource(contents=document, specification=DRAFT202012)
    )


@pytest.mark.skipif(not SPEC, reason="BECKN_SPEC_DIR tells no published schemas")
def test_every_message_passes_the_published_schema(flow):
    registry = _published("transaction.yaml")
    buyer = Buyer()
    for action, message in flow:
        if action in META:
            continue
        asked = buyer.context(action.removeprefix("on_"))
        context = CORE.callback(
            asked,
            action,
            bpp_id=asked.bpp_id,
            bpp_uri=f"{HOUSE}/beckn",
            message_id=asked.message_id,
        ) | {"timestamp": contexts.stamp(NOW)}
        where = (
            f"urn:core#/paths/~1{action}/post/requestBody/content"
            "/application~1json/schema"
        )
        Draft202012Validator({"$ref": where}, registry=registry).validate(
            {"context": context, "message": message}
        )


@pytest.mark.parametrize(
    ("change", "least"), [(drop, 0.90), (misspell, 0.99), (retype, 0.97)]
)
def test_what_is_missing_misspelt_or_mistyped_is_noticed(flow, change, least):
    noticed = tried = 0
    for action, message in dict(flow).items():
        for path in spots(message):
            tried += 1
            wrong = changed(message, path, change)
            noticed += not _strict(action).is_valid(wrong)

    assert tried > 300
    assert noticed / tried >= least
