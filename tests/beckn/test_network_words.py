"""What buyers write is read leniently; what cannot be meant is a problem."""

import copy
from contextlib import suppress
from pathlib import Path

import pytest

from app.booking.states import Status
from app.directory.kinds import Category
from app.patients.views import Sex
from beckn import fulfilments
from beckn.commands import Part
from beckn.dialects.core import command
from beckn.problems import Problem
from beckn.states import TOLD

PAGE = Path(__file__).parents[2] / "docs" / "beckn.md"
PERSON = {"name": "A Patient", "gender": "F", "age": "P34Y"}
ORDER = {
    "provider": {"id": "clinic-1"},
    "items": [{"id": "opd-gen"}],
    "fulfillments": [
        {
            "id": "slot-1001",
            "customer": {"person": PERSON, "contact": {"phone": "+919800000000"}},
        }
    ],
    "billing": {"name": "A Patient", "phone": "+919800000000"},
    "quote": {"price": {"currency": "INR", "value": "300.00"}},
    "payments": [{"collected_by": "BPP"}],
}
RANGE = {"start": "2026-03-03 09:00", "end": "2026-03-03T23:59:59+05:30"}
ASKED = {
    "search": {
        "intent": {
            "category": {"descriptor": {"code": "GENERAL_MEDICINE"}},
            "provider": {"descriptor": {"name": "City Clinic"}},
            "item": {"descriptor": {"code": "CONSULTATION"}},
            "fulfillment": {
                "agent": {"person": {"name": "Meera"}},
                "stops": [{"time": {"range": RANGE}}],
            },
        }
    },
    "select": {"order": ORDER},
    "init": {"order": ORDER},
    "confirm": {"order": ORDER},
    "status": {"order_id": "OPD-1"},
    "track": {"order_id": "OPD-1"},
    "cancel": {
        "order_id": "OPD-1",
        "cancellation_reason_id": "001",
        "descriptor": {"short_desc": "Better"},
    },
    "update": {"update_target": "billing", "order": ORDER | {"id": "OPD-1"}},
    "rating": {"ratings": [{"rating_category": "Order", "id": "x", "value": "5"}]},
    "support": {"support": {"ref_id": "OPD-1"}},
}
HOSTILE = (None, 7, True, "", [], {}, [[]], "\0", "\ud800", "9" * 600, "9999-12-31")


def test_is_read_as_the_examples_write_it():
    sought = command("search", ASKED["search"])
    given = command("confirm", ASKED["confirm"])

    assert (sought.doctor, sought.department) == ("Meera", "GENERAL_MEDICINE")
    assert Category.NEW in sought.services
    assert (given.person.age, given.person.sex) == (34, Sex.FEMALE)
    assert str(given.price) == "300.00"


def test_an_order_is_paid_by_one_payment():
    half = {"collected_by": "BAP", "status": "PAID", "params": {"amount": "150.00"}}

    with pytest.raises(Problem) as refused:
        command("confirm", {"order": ORDER | {"payments": [half, half]}})

    assert refused.value.path == "message.order.payments[1]"
    told = command("confirm", {"order": ORDER | {"payments": half}}).payment
    assert (told.paid, str(told.amount)) == (True, "150.00")
    assert not command("confirm", {"order": ORDER | {"payments": []}}).payment.paid


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("order.fulfillments[0].stops[0].time", {Part.TIME}),
        ("order.fulfillments[0].customer.person", {Part.PERSON}),
        ("fulfillment, billing", {Part.TIME, Part.BILLING}),
        ("item,billing,fulfillment", {Part.ITEM, Part.BILLING, Part.TIME}),
    ],
)
def test_a_target_is_a_path_or_names_with_commas(target, parts):
    update = ASKED["update"] | {"update_target": target}

    assert command("update", update).parts == parts


def spots(found, path=()):
    every = found.items() if isinstance(found, dict) else enumerate(found)
    for key, value in every:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from spots(value, (*path, key))


def read_or_refuse(command, action, asked):
    """Put whatever is hostile into each field in turn."""
    for path in spots(asked):
        for value in HOSTILE:
            message = copy.deepcopy(asked)
            spot = message
            for step in path[:-1]:
                spot = spot[step]
            spot[path[-1]] = value
            # Any other error ends the test.
            with suppress(Problem):
                command(action, message)


@pytest.mark.parametrize("action", ASKED)
def test_whatever_stands_in_a_field_is_read_or_refused(action):
    read_or_refuse(command, action, ASKED[action])


@pytest.mark.parametrize("wrong", ["", "slot-1", "A" * 72, "é" * 72, "-" * 73])
def test_what_is_no_id_of_a_fulfilment_is_refused(wrong):
    with pytest.raises(Problem, match="fulfilment_unavailable"):
        fulfilments.read(wrong)


def test_every_state_is_told_as_the_page_says_and_can_be_read_back():
    rows = [
        f"| {status.value} | {code} | {order.value} |"
        for status, (code, order) in TOLD.items()
    ]

    assert set(TOLD) == set(Status)
    assert len({code for code, _ in TOLD.values()}) == len(TOLD)
    assert "\n".join(rows) in PAGE.read_text(encoding="utf-8")
