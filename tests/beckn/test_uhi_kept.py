"""Every message of ours in UHI is held against a schema that lets nothing else pass."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator

from app.booking import queries, service
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.directory import service as directory
from beckn import answering
from beckn.acts import searching
from beckn.commands import Search
from beckn.context import USUAL_TTL, Context, Wire
from beckn.dialects.uhi import UHI
from beckn.problems import Code, Problem
from beckn.results import Catalog, Found
from tests import factories as make
from tests.beckn import schemas
from tests.beckn.buying import HOUSE, show
from tests.factories import NOW, local
from tests.rooms.clinic import Clinic

CONTEXT = Context(
    wire=Wire.UHI,
    domain="nic2004:85111",
    action="search",
    version="0.7.1",
    bap_id="eua.example.org",
    bap_uri="https://eua.example.org",
    bpp_id="hspa.clinic.example",
    bpp_uri=HOUSE,
    transaction_id=str(uuid4()),
    message_id="m-1",
    timestamp=NOW,
    ttl=USUAL_TTL,
    city="std:080",
    country="IND",
)


@pytest.fixture
def clinic(session):
    it = Clinic(tokens=4)
    medicine = directory.add_department(
        it.place, "General medicine", by=SYSTEM, now=NOW
    )
    it.doctor = make.resource(
        it.place, department_id=medicine.id, token_prefix="B", name="Dr Rao"
    )
    make.hours(it.place, it.doctor, make.opd(tokens=4))
    it.visit = make.kind(minutes=30, price=Decimal(300))
    show(it.place, it.doctor)
    return it


@pytest.fixture
def flow(clinic):
    """Go the whole way with one buyer; give each callback with its action."""
    told = []

    def one(action, now=NOW, **message):
        (answer,) = answering.answers(action, CONTEXT, message, now=now, house=HOUSE)
        told.append((f"on_{action}", answer["message"]))
        return answer["message"]

    one("search", intent={"provider": {"descriptor": {"name": clinic.place.name}}})
    wanted = {"id": clinic.place.slug, "items": [{"id": clinic.visit.code}]}
    agent = {"agent": {"tags": {"@abdm/gov.in/hpr_id": clinic.doctor.code}}}
    intent = {"provider": wanted, "fulfillment": agent}
    found = one("search", intent=intent)["catalog"]["providers"][0]
    order = {
        "provider": {"id": found["id"]},
        "item": found["items"][0],
        "fulfillment": found["fulfillments"][0],
        "billing": {"name": "Asha Nair", "phone": "9800000000"},
        "customer": {"person": {"gender": "F", "yearOfBirth": 1990}},
    }
    given = one("init", order=order)["order"]["id"]
    one("confirm", order=order | {"id": given})
    one("status", order={"id": given})
    one("cancel", order={"id": given})
    one("status", order={"id": given})
    return told


@cache
def strict(action):
    return Draft202012Validator(UHI.schemas[action])


def test_every_message_says_all_it_must_and_nothing_else(flow):
    for action, message in flow:
        strict(action).validate(message)
    assert {action for action, _ in flow} == set(UHI.schemas) - {"on_update"}


@pytest.mark.parametrize("wrong", schemas.WRONG)
def test_what_is_missing_misspelt_or_mistyped_is_noticed(flow, wrong):
    tried, noticed = schemas.noticed(flow, wrong, strict)

    assert tried > 250
    assert noticed / tried >= schemas.WRONG[wrong]


def test_a_catalog_is_one_message_and_of_no_more_than_three_hundred(clinic):
    wanted = Search(provider=clinic.place.slug, item=clinic.visit.code)
    (first, *_), *_ = (
        day.offers for day in searching.search(wanted, CONTEXT, now=NOW).days
    )
    many = Found((Catalog((first,) * 200), Catalog((first,) * 101)))

    (message,) = UHI.messages(many, house=HOUSE)

    (provider,) = message["catalog"]["providers"]
    assert len(provider["fulfillments"]) == len(provider["items"]) == 300


@pytest.mark.parametrize("status", ["PAID", "FREE"])
def test_the_desk_takes_the_money_whatever_a_buyer_says(flow, status):
    order = _fresh(dict(flow)["on_init"]["order"])
    order["payment"] = {"status": status, "params": {"amount": "300.0"}}

    with pytest.raises(Problem) as refused:
        answering.answers("confirm", OTHER, {"order": order}, now=NOW, house=HOUSE)

    code = {"PAID": Code.PAYMENT_UNSUPPORTED, "FREE": Code.QUOTE_UNAVAILABLE}
    assert refused.value.code is code[status]


def test_a_draft_that_ran_out_is_confirmed_no_more_and_has_no_status(flow):
    order = _fresh(dict(flow)["on_init"]["order"])
    ask = {"house": HOUSE, "now": NOW}
    (drafted,) = answering.answers("init", OTHER, {"order": order}, **ask)
    given = {"order": order | {"id": drafted["message"]["order"]["id"]}}

    with pytest.raises(Problem) as unknown:
        answering.answers("status", OTHER, given, **ask)
    with pytest.raises(Problem) as late:
        answering.answers(
            "confirm", OTHER, given, now=NOW + timedelta(minutes=11), house=HOUSE
        )

    assert unknown.value.code is Code.ORDER_NOT_FOUND
    assert late.value.code is Code.QUOTE_UNAVAILABLE


def test_an_order_drafted_in_one_year_and_confirmed_in_the_next_has_one_id(clinic):
    eve = datetime(2026, 12, 31, 18, 25, tzinfo=UTC)
    wanted = {
        "provider": {"id": clinic.place.slug, "items": [{"id": clinic.visit.code}]}
    }
    (found,) = answering.answers(
        "search", OTHER, {"intent": wanted}, now=eve, house=HOUSE
    )
    provider = found["message"]["catalog"]["providers"][0]
    order = {
        "provider": {"id": provider["id"]},
        "item": provider["items"][0],
        "fulfillment": provider["fulfillments"][0],
        "billing": {"name": "Asha Nair", "phone": "9800000000"},
    }
    (drafted,) = answering.answers(
        "init", OTHER, {"order": order}, now=eve, house=HOUSE
    )
    given = drafted["message"]["order"]["id"]

    midnight = eve + timedelta(minutes=8)
    (told,) = answering.answers(
        "confirm", OTHER, {"order": order | {"id": given}}, now=midnight, house=HOUSE
    )

    assert told["message"]["order"]["id"] == given


@pytest.mark.parametrize(
    ("steps", "state", "code"),
    [
        ((), "CONFIRMED", "SCHEDULED"),
        ((Status.CHECKED_IN,), "CONFIRMED", "CHECKED_IN"),
        ((Status.CHECKED_IN, Status.IN_PROGRESS), "CONFIRMED", "IN_PROGRESS"),
        (
            (Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED),
            "COMPLETED",
            "COMPLETED",
        ),
    ],
)
def test_what_happens_at_the_desk_is_told(flow, clinic, steps, state, code):
    order = dict(flow)["on_init"]["order"]
    buyer = answering.answers(
        "confirm", OTHER, {"order": _fresh(order)}, now=NOW, house=HOUSE
    )
    given = buyer[0]["message"]["order"]
    (visit,) = [
        each
        for each in queries.appointments(
            clinic.place, make.span(local(0), 24 * 60), by=SYSTEM
        )
        if each.status is Status.SCHEDULED
    ]
    for step in steps:
        service.attend(visit.id, step, by=SYSTEM, now=local(10))

    question = {"order": {"id": given["id"]}}
    (answer,) = answering.answers(
        "status", OTHER, question, now=NOW + timedelta(hours=3), house=HOUSE
    )

    strict("on_status").validate(answer["message"])
    told = answer["message"]["order"]
    assert told["state"] == state
    assert told["fulfillment"]["state"]["descriptor"]["code"] == code


OTHER = Context(
    **{
        name: getattr(CONTEXT, name)
        for name in CONTEXT.__slots__
        if name != "transaction_id"
    },
    transaction_id=str(uuid4()),
)


def _fresh(order):
    """Give an order as another transaction writes it: without the id of a draft."""
    return {name: value for name, value in order.items() if name != "id"}
