"""A rule says how many places of a session one buyer's app has, at most."""

from datetime import time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from app.booking import service
from app.booking.kinds import Kind
from app.booking.setting import NewRule
from app.core.actor import SYSTEM
from app.core.db import db
from app.directory import service as directory
from beckn import fulfilments
from beckn.fulfilments import Slot
from beckn.problems import Code, Problem
from tests import factories as make
from tests.beckn.buying import Buyer, show
from tests.factories import NOW, local
from tests.racing import race

MOST = 2


class House:
    """A doctor who sits from nine to one and from four to six, four tokens a slot."""

    def __init__(self):
        self.place = make.facility()
        self.doctor = make.resource(self.place)
        morning = make.opd(time(9), time(13), tokens=4)
        evening = make.opd(time(16), time(18), tokens=4)
        make.hours(self.place, self.doctor, morning, evening)
        self.visit = make.kind(minutes=30, price=Decimal(300))
        show(self.place, self.doctor)

    def rule(self, places=MOST, **where):
        rule = NewRule("buyer_quota", {"places": places}, **where)
        service.add_rule(rule, by=SYSTEM, now=NOW)

    def id_of(self, *at):
        slot = Slot(
            self.place.public_id,
            self.doctor.public_id,
            self.visit.public_id,
            Kind.TOKEN,
            local(*at),
        )
        return fulfilments.write(slot)

    def asks(self, action, *at, bap="bap.example.org", now=NOW, buyer=None):
        buyer = buyer or Buyer(bap, self.place)
        order = buyer.order(self.id_of(*at), self.visit.code)
        try:
            buyer.one(action, now, order=order)
        except Problem as problem:
            return problem.code
        return buyer


@pytest.fixture
def house(session):
    return House()


class TestQuota:
    def test_without_a_rule_there_is_none(self, house):
        for _ in range(MOST + 1):
            assert isinstance(house.asks("init", 10), Buyer)

    @pytest.mark.parametrize("action", ["init", "confirm"])
    def test_refuses_what_is_more_and_leaves_nothing_of_it(self, house, action):
        house.rule()
        kept = [house.asks(action, 10), house.asks(action, 11)]
        assert all(isinstance(each, Buyer) for each in kept)

        assert house.asks(action, 12) is Code.POLICY

        assert taken() == MOST
        # Another buyer, and the doctor's other session, have each a quota of their own.
        assert isinstance(house.asks(action, 12, bap="bap.other"), Buyer)
        assert isinstance(house.asks(action, 16), Buyer)
        # What is held already is asked for again, and confirmed, without another count.
        assert house.asks("confirm", 10, buyer=kept[0]) is kept[0]

    def test_counts_no_hold_that_ran_out(self, house):
        house.rule(1)
        assert isinstance(house.asks("init", 10), Buyer)
        assert house.asks("init", 11) is Code.POLICY

        later = NOW + timedelta(minutes=11)
        assert isinstance(house.asks("init", 11, now=later), Buyer)

    def test_moves_a_hold_within_a_session(self, house):
        house.rule(1)
        buyer = house.asks("init", 10)

        assert house.asks("init", 11, buyer=buyer) is buyer
        assert taken() == 1

    def test_is_held_by_who_moves_an_order(self, house):
        house.rule(1)
        house.asks("confirm", 10)
        other = Buyer(place=house.place)
        order = other.order(house.id_of(16), house.visit.code)
        given = other.one("confirm", order=order)["order"]["id"]

        there = {"id": given, "fulfillments": [{"id": house.id_of(11)}]}
        with pytest.raises(Problem, match=f"^{Code.POLICY}"):
            other.one("update", update_target="fulfillment", order=there)

        assert taken() == 2
        here = {"id": given, "fulfillments": [{"id": house.id_of(17)}]}
        assert other.one("update", update_target="fulfillment", order=here)

    def test_holds_where_it_is_set_and_nowhere_else(self, house):
        elsewhere = make.resource(house.place)
        house.rule(0, resource_id=elsewhere.public_id)
        house.rule(0, type_id=make.kind(minutes=5).public_id)
        house.rule(0, facility_id=make.facility().public_id)
        other = directory.add_department(house.place, "Other", by=SYSTEM, now=NOW)
        house.rule(0, department_id=other.public_id, facility_id=house.place.public_id)
        assert isinstance(house.asks("init", 10), Buyer)

        house.rule(1, resource_id=house.doctor.public_id)
        assert house.asks("init", 11) is Code.POLICY


def test_who_asks_for_many_at_once_gets_no_more(hospital):
    house = House()
    house.rule()
    hours = [(9,), (9, 30), (10,), (10, 30), (11,), (11, 30)]

    told = race(hospital, [lambda at=at: house.asks("init", *at) for at in hours])

    won = [each for each in told if isinstance(each, Buyer)]
    assert len(won) == MOST
    assert [each for each in told if each not in won] == [Code.POLICY] * 4
    assert taken() == MOST


def taken():
    db.session.rollback()
    return db.session.scalar(text("SELECT sum(taken) FROM token_slots"))
