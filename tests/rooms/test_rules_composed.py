"""Rules of a department hold there alone; of several that refuse, the first speaks."""

import pytest

from app.booking import service
from app.booking.setting import NewRule
from app.core.actor import SYSTEM
from app.core.errors import RuleError
from app.directory import service as directory
from tests import factories as make
from tests.factories import NOW, local


@pytest.fixture
def place(session):
    return make.facility()


def doctor(place, **fields):
    found = make.resource(place, **fields)
    make.hours(place, found, make.opd())
    return found


def token(place, of):
    order = make.token_order(place, of, make.kind(), make.patient(), local(10))
    return service.book_token(order, by=SYSTEM, now=NOW)


def rule(place, kind, settings, **reach):
    order = NewRule(kind, settings, facility_id=place.public_id, **reach)
    service.add_rule(order, by=SYSTEM, now=NOW)


def test_a_rule_of_a_department_refuses_there_and_nowhere_else(place):
    ward = directory.add_department(place, "Ward", by=SYSTEM, now=NOW)
    inside = doctor(place, token_prefix="A", department_id=ward.id)
    outside = doctor(place, token_prefix="B")
    rule(place, "daily_limit", {"limit": 0}, department_id=ward.public_id)

    with pytest.raises(RuleError) as refused:
        token(place, inside)

    assert refused.value.params["rule"] == "daily_limit"
    assert token(place, outside).token == "B-01"


@pytest.mark.parametrize("first", ["allowed_days", "lead_time"])
def test_of_two_that_refuse_the_one_of_the_lower_position_speaks(place, first):
    rao = doctor(place, token_prefix="A")
    both = {"allowed_days": {"weekdays": [6]}, "lead_time": {"minutes": 100_000}}
    for kind, settings in both.items():
        rule(place, kind, settings, position=0 if kind == first else 1)

    with pytest.raises(RuleError) as refused:
        token(place, rao)

    assert refused.value.params["rule"] == first
