"""The last token between buyers of the network, the public page and the desk."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from app.booking import service
from app.booking.kinds import Kind
from app.core.actor import SYSTEM, Actor, ActorKind
from app.core.db import db
from beckn import fulfilments
from beckn.fulfilments import Slot
from beckn.problems import Problem
from tests import factories as make
from tests.beckn.buying import Buyer, show
from tests.beckn.prepaying import PREPAID, paid, sets
from tests.factories import NOW, local
from tests.racing import race

pytestmark = [pytest.mark.timeout(120)]

BUYERS, ROUNDS = 5, 4
LOST = {"quantity_unavailable", "slot_full"}


class Last:
    """A doctor with one token in each slot."""

    def __init__(self):
        self.place = make.facility()
        self.doctor = make.resource(self.place)
        make.hours(self.place, self.doctor, make.opd(tokens=1))
        self.visit = make.kind(minutes=30, price=Decimal(300))
        show(self.place, self.doctor)

    def asks(self, action, buyer, *at, **more):
        slot = Slot(
            self.place.public_id,
            self.doctor.public_id,
            self.visit.public_id,
            Kind.TOKEN,
            local(*at),
        )
        order = buyer.order(fulfilments.write(slot), self.visit.code) | more

        def attempt():
            try:
                return buyer.one(action, order=order)["order"].get("id", "held")
            except Problem as problem:
                return f"refused: {problem.code.value}"

        return attempt

    def books(self, by, *at):
        order = make.token_order(
            self.place, self.doctor, self.visit, make.patient(), local(*at)
        )
        return lambda: service.book_token(order, by=by, now=NOW).reference

    def taken(self):
        rows = "SELECT max(taken) FROM token_slots WHERE resource_id ="
        return db.session.scalar(text(f"{rows} {self.doctor.id}"))


def lost(outcomes):
    codes = [each.removeprefix("refused: ") for each in outcomes]
    return [each for each in codes if each in LOST]


def test_of_all_who_want_the_last_token_exactly_one_has_it(hospital):
    last = Last()
    browser = Actor(ActorKind.PATIENT, "Online booking", reference="one")
    for minute in range(ROUNDS):
        at = (10 + minute // 2, 30 * (minute % 2))
        buyers = [Buyer(f"bap{n}.example", last.place) for n in range(BUYERS)]

        outcomes = race(
            hospital,
            [
                *(last.asks("confirm", each, *at) for each in buyers),
                last.books(browser, *at),
                last.books(SYSTEM, *at),
            ],
        )

        assert len(lost(outcomes)) == BUYERS + 1
    assert last.taken() == 1


def test_of_buyers_who_want_to_hold_one_token_exactly_one_does(hospital):
    last = Last()
    buyers = [Buyer(f"bap{n}.example", last.place) for n in range(BUYERS)]

    held = race(hospital, [last.asks("init", each, 10) for each in buyers])
    booked = race(hospital, [last.asks("confirm", each, 10) for each in buyers])

    assert len(lost(held)) == len(lost(booked)) == BUYERS - 1
    assert held.index("held") == next(
        n for n, each in enumerate(booked) if each.startswith("OPD-")
    )


def test_one_confirmation_sent_many_times_at_once_is_one_order(hospital):
    last = Last()
    buyer = Buyer(place=last.place)

    orders = race(hospital, [last.asks("confirm", buyer, 10)] * BUYERS)

    assert len(set(orders)) == 1
    assert orders[0].startswith("OPD-")


def test_of_orders_that_one_transfer_is_said_to_pay_exactly_one_is_booked(hospital):
    last = Last()
    sets(last.place, PREPAID)
    times = ((10,), (10, 30), (11,), (11, 30))
    orders = [
        last.asks("confirm", Buyer(place=last.place), *at, **paid()) for at in times
    ]

    outcomes = race(hospital, orders)

    assert sum(each.startswith("OPD-") for each in outcomes) == 1
    assert outcomes.count("refused: invalid") == len(times) - 1
    kept = "SELECT count(*) FROM prepayments WHERE facility_id ="
    assert db.session.scalar(text(f"{kept} {last.place.id}")) == 1
