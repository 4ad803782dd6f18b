"""Whatever is sent to the network's end points, signed or not, is no fault of ours."""

from functools import partial
from types import SimpleNamespace

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from sqlalchemy import select

from app.core.db import db
from beckn import answering, context, sending, working
from beckn.actions import Action
from beckn.models import Asked, Owed, Received, Sent
from tests import factories as make
from tests.beckn import buyers, network_api, schemas
from tests.beckn.buyers import Buyer, signed
from tests.beckn.buying import Buyer as Talking
from tests.beckn.buying import show
from tests.factories import NOW
from tests.rooms.clinic import Clinic

pytestmark = [pytest.mark.time_machine(NOW, tick=False), pytest.mark.long]

DOCUMENT = network_api.document()
API = schemathesis.openapi.from_dict(DOCUMENT)
# Bounded: the same cases on each run.
BOUNDED = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def door(app, session):
    """Open the door; give who posts there."""
    buyers.use(app, Buyer().network())
    yield app.test_client()
    buyers.use(app, None)


def cases(path, mode):
    return API[path]["POST"].as_strategy(generation_mode=mode)


def modes():
    return pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda m: m.value)


@modes()
@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_an_unsigned_message_of_any_shape_is_refused(door, path, mode):
    @BOUNDED
    @given(cases(path, mode))
    def sends(case):
        sent = _bytes(case.body)
        answer = door.post(path, data=sent, content_type="application/json")

        # No challenge is answered where no registry is named: 404.
        assert answer.status_code in {400, 401, 404, 413}, answer.text

    sends()


@modes()
@pytest.mark.parametrize("action", Action)
def test_a_signed_message_of_any_shape_is_taken_or_refused(door, action, mode):
    path = f"/beckn/{action}"

    @BOUNDED
    @given(cases(path, mode))
    def sends(case):
        sent = _bytes(case.body)
        headers = {"Content-Type": "application/json", **signed(sent)}
        answer = door.post(path, data=sent, headers=headers)

        assert answer.status_code in {200, 400, 401}, answer.text
        assert answer.json["message"]["ack"]["status"] in {"ACK", "NACK"}

    sends()


@pytest.fixture
def house(app, session):
    """Open the door of a real clinic, where an order was given and a place is held."""
    clinic = Clinic(tokens=4)
    visit = make.kind(minutes=30)
    show(clinic.place, clinic.rao)
    buyer = Talking(place=clinic.place)
    first, second = buyer.finds(item={"id": visit.code})[:2]
    order = buyer.one("confirm", order=buyer.order(first["id"], visit.code))["order"]
    customer = order["fulfillments"][0]["customer"]
    orders = {"enum": [order["id"], "none"]}
    # A rating is told by its transaction alone.
    transactions = [buyer.transaction, "another"]
    talking = Buyer()
    do = partial(answering.answers, house="https://opd.example.org")
    buyers.use(app, talking.network(do=do))
    yield SimpleNamespace(
        client=app.test_client(),
        buyer=talking,
        known={
            "provider.id": {"enum": [clinic.place.slug]},
            "items.id": {"enum": [visit.code]},
            "item.id": visit.code,
            "fulfillments.id": {"enum": [second["id"], "none"]},
            "fulfillments.customer": {"enum": [customer, {"person": {}}]},
            "order.billing": {"enum": [{"name": "Asha Nair"}, {}]},
            "order.id": orders,
            "message.order_id": orders,
            "message.update_target": {"enum": ["billing,fulfillment", "item", "x"]},
            "message.cancellation_reason_id": {"enum": ["001", "x"]},
            "ratings.id": {"enum": [order["id"]]},
            "ratings.rating_category": {"enum": ["Order"]},
            "ratings.value": {"enum": ["x", "5", "6", "-1", "1e9", "\u0665", "5.5"]},
            "support.ref_id": orders,
            "context.version": {"enum": ["1.1.0"]},
            "context.transaction_id": {"enum": transactions},
            "context.timestamp": {"enum": [context.stamp(NOW)]},
            "context.ttl": {"enum": ["PT30S"]},
        },
    )
    buyers.use(app, None)


@pytest.mark.parametrize("action", Action)
def test_what_is_taken_of_any_shape_is_done_and_answered_by_the_worker(house, action):
    path = f"/beckn/{action}"
    document = network_api.document(house.known)
    taken = []

    @BOUNDED
    @given(schemathesis.openapi.from_dict(document)[path]["POST"].as_strategy())
    def sends(case):
        # Copies would be answered as the first was, and none would be done.
        case.body["context"]["message_id"] = f"m-{len(taken)}"
        sent = _bytes(case.body)
        headers = {"Content-Type": "application/json", **signed(sent)}
        answer = house.client.post(path, data=sent, headers=headers)
        taken.append(answer.json["message"]["ack"]["status"])
        while working.work_one(now=NOW) or sending.send_one(now=NOW):
            pass

    sends()

    assert "ACK" in taken
    # Not one was too much for the worker: it fails before it gives up.
    assert db.session.scalars(select(Received.error).distinct()).all() == [""]
    assert db.session.scalars(select(Received.state).distinct()).all() == [Asked.DONE]
    assert db.session.scalars(select(Sent.state).distinct()).all() == [Owed.ACKED]
    for told in house.buyer.bodies():
        assert ("error" in told) != ("message" in told)
        if "message" in told:
            schemas.strict(told["context"]["action"]).validate(told["message"])


def _bytes(sent):
    try:
        return orjson.dumps(sent)
    except TypeError:
        # What is no JSON at all.
        return str(sent).encode(errors="replace")
