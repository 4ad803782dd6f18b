"""Every message of ours is held against the published schema and our stricter own."""

from decimal import Decimal

import pytest

from app.booking import queries, service
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.directory import service as directory
from beckn import context as contexts
from beckn.dialects.core import CORE
from beckn.dialects.core_schema import SCHEMAS
from tests import factories as make
from tests.beckn import schemas
from tests.beckn.buying import HOUSE, Buyer, show
from tests.factories import NOW, local
from tests.rooms.clinic import Clinic

META = {"cancellation_reasons", "rating_categories"}


@pytest.fixture
def flow(session):
    """Go the whole way with one buyer; give each callback by its action."""
    clinic = Clinic(tokens=4)
    where = {"address": "1 MG Road, Bengaluru", "phone": "+91 80 1234 5678"}
    directory.change_facility(
        clinic.place, by=SYSTEM, now=NOW, name="City Clinic", **where
    )
    medicine = directory.add_department(
        clinic.place, "General medicine", by=SYSTEM, now=NOW
    )
    doctor = make.resource(
        clinic.place, department_id=medicine.id, token_prefix="B", name="Dr Rao"
    )
    make.hours(clinic.place, doctor, make.opd(tokens=4))
    visit = make.kind(minutes=30, price=Decimal(300))
    show(clinic.place, doctor)
    ids = {doctor.public_id: "71-1111-2222-3333"}
    directory.set_registry_ids(clinic.place, "IN3310001234", ids, by=SYSTEM, now=NOW)
    buyer = Buyer(place=clinic.place)
    agent = {"agent": {"person": {"name": "Dr Rao"}}}
    first, second = buyer.finds(item={"id": visit.code}, fulfillment=agent)[:2]
    order = buyer.order(first["id"], visit.code)
    for action in ("select", "init", "confirm"):
        told = buyer.one(action, order=order)
    given = told["order"]["id"]
    buyer.one("status", order_id=given)
    buyer.one("track", order_id=given)
    assert buyer.one("support", support={"ref_id": given})["support"] == {
        "ref_id": given,
        "phone": where["phone"],
    }
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


def test_every_message_says_all_it_must_and_nothing_else(flow):
    for action, message in flow:
        schemas.strict(action).validate(message)
    told = {action for action, _ in flow}
    assert told == set(SCHEMAS)


@schemas.needs_published
def test_every_message_passes_the_published_schema(flow):
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
        schemas.published(action).validate({"context": context, "message": message})


@pytest.mark.parametrize("wrong", schemas.WRONG)
def test_what_is_missing_misspelt_or_mistyped_is_noticed(flow, wrong):
    tried, noticed = schemas.noticed(dict(flow).items(), wrong)

    assert tried > 300
    assert noticed / tried >= schemas.WRONG[wrong]
