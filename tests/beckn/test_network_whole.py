"""A buyer books through the network: our door, a registry and a buyer over HTTP."""

import json
import re
from decimal import Decimal

import pytest

from app.booking import queries
from app.booking.states import Status
from app.core.actor import SYSTEM
from beckn import working
from tests import factories as make
from tests.beckn.buying import show
from tests.beckn.whole import US, Buyer, joined
from tests.factories import NOW, local
from tests.rooms.clinic import Clinic

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def clinic(session):
    it = Clinic(tokens=1)
    it.visit = make.kind(minutes=30, price=Decimal(300))
    show(it.place, it.rao)
    return it


@pytest.fixture
def network(app, tmp_path):
    with joined(app, tmp_path) as network:
        yield network


def booked(clinic):
    found = queries.appointments(
        clinic.place, make.span(local(0), 24 * 60), by=SYSTEM, limit=100
    )
    return [each for each in found if each.status is not Status.HELD]


def test_from_search_to_a_token_and_off_again(network, clinic):
    buyer = Buyer(network)
    order = buyer.order(clinic, buyer.slot(clinic))

    (selected,) = buyer.told("select", {"order": order})
    assert selected["message"]["order"]["quote"]["price"]["value"] == "300.00"
    (draft,) = buyer.told("init", {"order": order})
    assert clinic.slot(10).taken == 1
    (confirmed,) = buyer.told("confirm", {"order": draft["message"]["order"] | order})

    ordered = confirmed["message"]["order"]
    (visit,) = booked(clinic)
    stop = ordered["fulfillments"][0]["stops"][0]
    assert ordered["status"] == "ACTIVE"
    assert re.fullmatch(r"[A-Z]*-?\d+", stop["authorization"]["token"])
    (asked,) = buyer.told("track", {"order_id": ordered["id"]})
    address = asked["message"]["tracking"]["url"]
    page = network.app.test_client().get(
        address.removeprefix("https://opd.example.org")
    )
    assert page.status_code == 200

    (reasons,) = buyer.told("get_cancellation_reasons", {})
    why = re.search(r'"id": ?"([^"]+)"', json.dumps(reasons["message"]))[1]
    (cancelled,) = buyer.told(
        "cancel", {"order_id": ordered["id"], "cancellation_reason_id": why}
    )
    assert cancelled["message"]["order"]["status"] == "CANCELLED"
    assert clinic.slot(10).taken == 0
    assert [each.id for each in booked(clinic)] == [visit.id]


def test_the_loser_of_the_last_token_is_told_so_by_number(network, clinic):
    first, second = Buyer(network), Buyer(network)
    place = first.slot(clinic)
    first.told("confirm", {"order": first.order(clinic, place)})

    (lost,) = second.told("confirm", {"order": second.order(clinic, place)})

    assert lost["error"]["code"] == "40002"
    assert len(booked(clinic)) == 1


def test_who_signs_nothing_is_told_how_and_nothing_is_kept(network, clinic):
    buyer = Buyer(network)

    answer = buyer.asks("search", {"intent": {}}, signed=False)

    assert answer.status_code == 401
    assert f'realm="{US}"' in answer.headers["WWW-Authenticate"]
    assert not working.work_one(now=NOW)


def test_an_order_of_nobody_is_refused_at_once_unless_init_came_before(network, clinic):
    buyer = Buyer(network)
    wanted = buyer.order(clinic, buyer.slot(clinic))
    bare = wanted | {"fulfillments": [{"id": wanted["fulfillments"][0]["id"]}]}

    answer = buyer.asks("confirm", {"order": bare})
    assert answer.status_code == 200
    assert answer.json["message"]["ack"]["status"] == "NACK"
    assert answer.json["error"]["code"] == "30000"
    assert answer.json["error"]["paths"].endswith("customer.person.name")
    assert not working.work_one(now=NOW)

    buyer.told("init", {"order": bare})
    (told,) = buyer.told("confirm", {"order": bare})
    assert told["error"]["code"] == "30000"
    assert booked(clinic) == []
    (told,) = buyer.told("confirm", {"order": wanted})
    assert told["message"]["order"]["status"] == "ACTIVE"
