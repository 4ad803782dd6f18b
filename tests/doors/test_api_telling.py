"""Answers are told by functions made from the schemas: they must say what those say."""

import pytest
from marshmallow import Schema, fields

from app.api.schemas.appointments import AppointmentsSchema
from app.api.schemas.slots import DaySlotsSchema, MonthSchema
from app.api.telling import Teller
from app.booking import queries
from app.booking import service as booking
from app.booking.setting import NewRule
from app.core.actor import SYSTEM
from app.core.spans import day_span
from tests.doors.world import MONDAY, NOW


@pytest.fixture
def same(app):
    """Say whether both tell the same, as it goes out; and give it."""

    def compare(schema, thing):
        told = app.json.response(Teller(schema)(thing)).get_json()
        assert told == schema.dump(thing)
        return told

    with app.app_context():
        yield compare


def test_a_page_of_appointments(same, world):
    around = day_span(MONDAY, world.kochi.zone)
    found = queries.appointments(world.kochi, around, by=SYSTEM)

    told = same(AppointmentsSchema(), {"appointments": found, "next": None})

    assert len(told["appointments"]) == 2


def test_a_day_with_what_a_rule_refuses(same, world):
    rule = NewRule("allowed_days", {"weekdays": [6]})
    booking.add_rule(rule, by=SYSTEM, now=NOW)
    day = queries.slots(
        world.kochi.public_id, world.rao.public_id, MONDAY, by=SYSTEM, now=NOW
    )

    told = same(DaySlotsSchema(), day)

    assert {each["refused"]["rule"] for each in told["slots"]} == {"allowed_days"}


def test_a_month(same, world):
    found = queries.month(
        world.kochi, [world.rao, world.theatre], MONDAY, by=SYSTEM, now=NOW
    )

    same(MonthSchema(), {"resources": found})


class Plain(Schema):
    name = fields.String(data_key="called")


class Odd(Schema):
    """Fields of the kinds that are left to the schema, and nothing where there is."""

    price = fields.Decimal(as_string=True)
    by_name = fields.Pluck(Plain, "name")
    worked_out = fields.Function(lambda thing: len(thing["all"]))
    absent = fields.String()
    empty = fields.Nested(Plain, allow_none=True)
    all = fields.List(fields.Nested(Plain))
    many = fields.Nested(Plain, many=True)


def test_fields_of_other_kinds_are_left_to_the_schema(same):
    one, other = {"name": "One"}, {"name": "Other"}

    same(
        Odd(exclude=("absent",)),
        {
            "price": 3,
            "by_name": one,
            "empty": None,
            "all": [one, other, one],
            "many": [one],
        },
    )


@pytest.mark.parametrize("schema", [Plain(), Odd(only=("all",))])
def test_nothing_is_told_as_nothing(schema):
    assert Teller(schema)(None) is None
