"""Whole flows as a buyer records them keep the rules between messages.

News are among them. Each rule is broken once to see that this is noticed.
"""

import copy
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from app.booking import queries, service
from app.booking.states import Status
from app.booking.views import NewPlace
from app.core.actor import SYSTEM
from tests import factories as make
from tests.beckn import schemas
from tests.beckn.buying import show
from tests.beckn.whole import BAP, US, Buyer, joined
from tests.factories import NOW, local
from tests.rooms.clinic import Clinic

pytestmark = pytest.mark.time_machine(NOW, tick=False)

NEWS = ("on_status", "on_update", "on_cancel")
CONSTANT = ("domain", "version", "bap_id", "bap_uri", "bpp_id", "bpp_uri")
HALF_PAST = "2026-03-02T05:00:00Z"


@pytest.fixture
def network(app, session, tmp_path):
    with joined(app, tmp_path) as network:
        yield network


@pytest.fixture
def clinic(session):
    it = Clinic(tokens=3)
    it.visit = make.kind(minutes=30, price=Decimal(300), needs_approval=True)
    show(it.place, it.rao)
    return it


class Day:
    """A clock that goes on a minute with each step of a flow."""

    def __init__(self, machine):
        self.machine, self.at = machine, NOW

    def goes_on(self):
        self.at += timedelta(minutes=1)
        self.machine.move_to(self.at, tick=False)
        return self.at


@pytest.fixture
def flows(network, clinic, time_machine):
    """Record three flows: one to its end, one off at the desk, one by the buyer."""
    day = Day(time_machine)
    return [
        _to_the_end(network, clinic, day),
        _off_at_the_desk(network, clinic, day),
        _off_by_the_buyer(network, clinic, day),
    ]


def _booked(network, clinic, day):
    buyer = Buyer(network)
    wanted = buyer.order(clinic, buyer.slot(clinic))
    for action in ("select", "init", "confirm"):
        day.goes_on()
        (told,) = buyer.told(action, {"order": wanted})
    order = told["message"]["order"]
    (visit,) = [
        each
        for each in queries.appointments(
            clinic.place, make.span(local(0), 24 * 60), by=SYSTEM, limit=100
        )
        if order["id"].endswith(each.reference)
    ]
    service.approve(visit.id, by=SYSTEM, now=day.goes_on())
    buyer.hears()
    return buyer, order["id"], visit


def _to_the_end(network, clinic, day):
    buyer, given, visit = _booked(network, clinic, day)
    service.move(visit.id, NewPlace(local(10, 30)), by=SYSTEM, now=day.goes_on())
    buyer.hears()
    for step in (Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED):
        service.attend(visit.id, step, by=SYSTEM, now=day.goes_on())
    day.goes_on()
    buyer.hears()
    buyer.told("status", {"order_id": given})
    return buyer.said


def _off_at_the_desk(network, clinic, day):
    buyer, given, visit = _booked(network, clinic, day)
    service.cancel(visit.id, "Doctor is ill", by=SYSTEM, now=day.goes_on())
    buyer.hears()
    day.goes_on()
    buyer.told("status", {"order_id": given})
    return buyer.said


def _off_by_the_buyer(network, clinic, day):
    buyer, given, _ = _booked(network, clinic, day)
    there = {"id": given, "billing": {"name": "Ravi Nair"}}
    day.goes_on()
    buyer.told("update", {"update_target": "billing", "order": there})
    day.goes_on()
    buyer.told("cancel", {"order_id": given, "cancellation_reason_id": "002"})
    return buyer.said


def _moment(written):
    return datetime.fromisoformat(written)


def _orders(flow):
    """Give the orders that we told of, each with the context it came in."""
    for said in flow:
        if said["context"]["action"].startswith("on_") and "order" in said["message"]:
            yield said["context"], said["message"]["order"]


def _given(flow):
    return [(head, order) for head, order in _orders(flow) if "id" in order]


def ids_are_constant(flow):
    for name in (*CONSTANT, "transaction_id"):
        assert len({said["context"][name] for said in flow}) == 1, name
    head = flow[0]["context"]
    assert (head["bap_id"], head["bpp_id"]) == (BAP, US)


def answers_bear_the_id_of_the_question_and_news_its_own(flow):
    asked = {
        said["context"]["message_id"]: said["context"]["action"]
        for said in flow
        if not said["context"]["action"].startswith("on_")
    }
    told = [s["context"] for s in flow if s["context"]["action"].startswith("on_")]
    answered = {head["action"] for head in told}
    assert {f"on_{action}" for action in asked.values()} <= answered
    news = []
    for head in told:
        if head["message_id"] in asked:
            assert head["action"] == f"on_{asked[head['message_id']]}"
        else:
            assert head["action"] in NEWS
            news.append(head["message_id"])
    assert news
    assert set(Counter(news).values()) == {1}


def no_message_is_named_as_its_transaction(flow):
    for said in flow:
        assert said["context"]["message_id"] != said["context"]["transaction_id"]


def time_goes_on(flow):
    told = [_moment(said["context"]["timestamp"]) for said in flow]
    assert told == sorted(told)
    assert all(said["context"]["timestamp"].endswith("Z") for said in flow)


def an_order_is_made_once_and_changed_before_it_is_told(flow):
    assert len({order["created_at"] for _, order in _given(flow)}) == 1
    changed = [_moment(order["updated_at"]) for _, order in _given(flow)]
    assert changed == sorted(changed)
    for head, order in _given(flow):
        told = _moment(head["timestamp"])
        state = _moment(order["fulfillments"][0]["state"]["updated_at"])
        assert _moment(order["created_at"]) <= state
        assert state <= _moment(order["updated_at"]) <= told
        off = order.get("cancellation")
        assert off is None or _moment(off["time"]) == state


def an_order_has_one_id_and_it_is_not_its_transactions(flow):
    (given,) = {order["id"] for _, order in _given(flow)}
    assert given != flow[0]["context"]["transaction_id"]


def a_quote_is_what_it_was_and_adds_up(flow):
    quotes = [
        {name: value for name, value in order["quote"].items() if name != "ttl"}
        for _, order in _orders(flow)
    ]
    assert all(each == quotes[0] for each in quotes)
    parts = sum(Decimal(each["price"]["value"]) for each in quotes[0]["breakup"])
    assert parts == Decimal(quotes[0]["price"]["value"])
    for _, order in _orders(flow):
        paid = order.get("payments", [{"params": {"amount": str(parts)}}])
        assert Decimal(paid[0]["params"]["amount"]) == parts


def what_is_named_came_from_the_call_before(flow):
    offered = _all_ids(
        provider
        for said in flow
        if said["context"]["action"] == "on_search"
        for provider in said["message"]["catalog"]["providers"]
    )
    for head, order in _orders(flow):
        assert order["provider"]["id"] in offered
        assert {each["id"] for each in order["items"]} <= offered
        assert {each["id"] for each in order["fulfillments"]} <= offered, head["action"]


def _all_ids(providers):
    found = set()
    for each in providers:
        found.add(each["id"])
        found |= {item["id"] for item in (*each["items"], *each["fulfillments"])}
    return found


RULES = (
    ids_are_constant,
    answers_bear_the_id_of_the_question_and_news_its_own,
    no_message_is_named_as_its_transaction,
    time_goes_on,
    an_order_is_made_once_and_changed_before_it_is_told,
    an_order_has_one_id_and_it_is_not_its_transactions,
    a_quote_is_what_it_was_and_adds_up,
    what_is_named_came_from_the_call_before,
)


def _head(name, value):
    def wrong(flow):
        flow[-1]["context"][name] = value

    return wrong


def _order(change):
    def wrong(flow):
        change(flow[-1]["message"]["order"])

    return wrong


def _as_transaction(flow):
    flow[-1]["context"]["message_id"] = flow[-1]["context"]["transaction_id"]


def _order_as_transaction(flow):
    for _, order in _given(flow):
        order["id"] = flow[0]["context"]["transaction_id"]


def _dearer(order):
    order["quote"]["price"]["value"] = "301.00"


# What is wrong with a recording, and the rule that says so.
WRONG = (
    (ids_are_constant, _head("bap_uri", "https://elsewhere.example")),
    (answers_bear_the_id_of_the_question_and_news_its_own, _head("action", "on_init")),
    (no_message_is_named_as_its_transaction, _as_transaction),
    (time_goes_on, _head("timestamp", "2026-03-02T02:00:00.000Z")),
    (
        an_order_is_made_once_and_changed_before_it_is_told,
        _order(lambda order: order.update(created_at="2026-03-02T03:00:30Z")),
    ),
    (
        an_order_is_made_once_and_changed_before_it_is_told,
        _order(lambda order: order.update(updated_at="2026-03-02T23:00:00Z")),
    ),
    (an_order_has_one_id_and_it_is_not_its_transactions, _order_as_transaction),
    (a_quote_is_what_it_was_and_adds_up, _order(_dearer)),
    (
        what_is_named_came_from_the_call_before,
        _order(lambda order: order["items"][0].update(id="other")),
    ),
)


def test_the_rules_between_messages_hold_and_would_notice(flows):
    told = Counter(said["context"]["action"] for flow in flows for said in flow)
    # Of these some were not asked for: two ends of an approval, steps, a move.
    assert told["on_status"] - told["status"] >= 6
    assert told["on_update"] - told["update"] == 1
    assert told["on_cancel"] - told["cancel"] == 1
    for flow in flows:
        for rule in RULES:
            rule(flow)
    for rule, wrong in WRONG:
        broken = copy.deepcopy(flows[0])
        wrong(broken)
        with pytest.raises(AssertionError):
            rule(broken)
    assert {rule for rule, _ in WRONG} == set(RULES)


def _told(flow):
    return [said for said in flow if said["context"]["action"].startswith("on_")]


def _news(flow):
    asked = {
        said["context"]["message_id"]
        for said in flow
        if not said["context"]["action"].startswith("on_")
    }
    return [said for said in _told(flow) if said["context"]["message_id"] not in asked]


def test_every_message_says_all_it_must_and_wrong_news_is_noticed(flows):
    for flow in flows:
        for said in _told(flow):
            schemas.strict(said["context"]["action"]).validate(said["message"])
    # Of news that are alike one stands for all.
    news = {said["context"]["action"]: said for flow in flows for said in _news(flow)}
    assert set(news) == set(NEWS)
    for wrong, least in schemas.WRONG.items():
        messages = [(action, said["message"]) for action, said in news.items()]
        tried, noticed = schemas.noticed(messages, wrong)
        assert tried > 100
        assert noticed / tried >= least


@schemas.needs_published
def test_every_message_of_a_flow_passes_the_published_schema(flows):
    for flow in flows:
        for said in _told(flow):
            schemas.published(said["context"]["action"]).validate(said)
