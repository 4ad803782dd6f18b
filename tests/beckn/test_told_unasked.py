"""Buyers are told of themselves what others do with their orders, over real HTTP."""

from datetime import timedelta
from decimal import Decimal

import orjson
import pytest
from sqlalchemy import select

from app.booking import own_queries, queries, service
from app.booking.kinds import Remedy
from app.booking.states import Status
from app.booking.views import NewPlace
from app.core.actor import SYSTEM
from app.core.db import db, transaction
from app.queues import service as queue
from app.queues.views import NewCounter
from beckn import door, forgetting
from beckn.models import Owed, Sent
from beckn.ordering import rows
from beckn.ordering.models import NetworkOrder
from tests import factories as make
from tests.beckn.buying import show
from tests.beckn.whole import Buyer, drain, joined
from tests.factories import NOW, local
from tests.rooms.clinic import Clinic
from tests.rooms.leave.ward import absent, choose

pytestmark = pytest.mark.time_machine(NOW, tick=False)

HALF_PAST = "2026-03-02T05:00:00Z"
LATER = NOW + timedelta(minutes=5)
BOOKED, AFTER = "2026-03-02T03:00:00Z", "2026-03-02T03:05:00Z"


@pytest.fixture
def clinic(session):
    it = Clinic(tokens=2)
    it.visit = make.kind(minutes=30, price=Decimal(300))
    show(it.place, it.rao)
    return it


@pytest.fixture
def network(app, clinic, tmp_path):
    with joined(app, tmp_path) as network:
        yield network


@pytest.fixture
def buyer(network):
    return Buyer(network)


@pytest.fixture
def visit(clinic, buyer, time_machine):
    """Give the appointment that a buyer booked; five minutes later."""
    found = visit_of(buyer.books(clinic))
    time_machine.move_to(LATER, tick=False)
    return found


def row_of(order):
    return db.session.scalar(
        select(NetworkOrder).where(NetworkOrder.order_id == order["id"])
    )


def visit_of(order):
    return queries.appointment(row_of(order).appointment_id, by=SYSTEM)


def state(order):
    return order["fulfillments"][0]["state"]["descriptor"]["code"]


def starts(order):
    return order["fulfillments"][0]["stops"][0]["time"]["timestamp"]


def attends(visit, *steps):
    for step in steps:
        service.attend(visit.id, step, by=SYSTEM, now=LATER)


class TestTold:
    def test_who_comes_is_seen_and_is_done(self, visit, buyer):
        attends(visit, Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED)

        heard = buyer.hears()
        assert [(action, state(order), order["status"]) for action, order in heard] == [
            ("on_status", "CHECKED_IN", "ACTIVE"),
            ("on_status", "IN_PROGRESS", "ACTIVE"),
            ("on_status", "COMPLETED", "COMPLETE"),
        ]

    def test_who_did_not_come(self, visit, buyer):
        attends(visit, Status.NO_SHOW)

        ((action, order),) = buyer.hears()
        assert (action, state(order)) == ("on_status", "NO_SHOW")

    def test_that_the_number_is_called_and_where_to(self, clinic, visit, buyer):
        room = queue.add_counter(
            NewCounter(clinic.place.public_id, "2", "Room 2"), by=SYSTEM, now=NOW
        )
        (entry,) = queue.check_in(visit.id, by=SYSTEM, now=LATER)
        queue.call_next(entry.queue_id, by=SYSTEM, now=LATER, counter_id=room.id)

        (_, arrived), (action, order) = buyer.hears()
        assert arrived["fulfillments"][0]["state"]["descriptor"] == {
            "code": "CHECKED_IN"
        }
        assert (action, order["fulfillments"][0]["state"]["descriptor"]) == (
            "on_status",
            {"code": "CHECKED_IN", "short_desc": "Called to Room 2"},
        )

    def test_of_another_time_and_number(self, visit, buyer):
        service.move(visit.id, NewPlace(local(10, 30)), by=SYSTEM, now=LATER)

        ((action, order),) = buyer.hears()
        assert (action, starts(order), order["id"]) == (
            "on_update",
            HALF_PAST,
            row_of(order).order_id,
        )
        stop = order["fulfillments"][0]["stops"][0]
        assert stop["authorization"]["token"] == visit_of(order).token
        # The order is another; the visit is as scheduled as it was.
        assert (order["created_at"], order["updated_at"]) == (BOOKED, AFTER)
        assert order["fulfillments"][0]["state"]["updated_at"] == BOOKED

    def test_that_the_desk_called_it_off_and_when(self, visit, buyer, time_machine):
        service.cancel(visit.id, "Doctor is ill", by=SYSTEM, now=LATER)

        ((action, order),) = buyer.hears()
        assert (action, order["status"]) == ("on_cancel", "CANCELLED")
        assert order["cancellation"] == {"time": AFTER, "cancelled_by": "PROVIDER"}
        assert order["updated_at"] == AFTER
        assert order["fulfillments"][0]["state"]["updated_at"] == AFTER
        assert "Doctor is ill" not in str(order)
        time_machine.move_to(LATER + timedelta(hours=1), tick=False)
        (again,) = buyer.told("status", {"order_id": order["id"]})
        assert again["message"]["order"] == order

    def test_that_the_patient_called_it_off_elsewhere(self, visit, buyer):
        secret = own_queries.mine(visit.id, by=rows.actor(_only_order()))
        service.cancel_own(secret, "0000", now=LATER)

        ((action, order),) = buyer.hears()
        assert (action, order["cancellation"]["cancelled_by"]) == (
            "on_cancel",
            "CONSUMER",
        )

    def test_that_it_is_on_again(self, visit, buyer):
        service.cancel(visit.id, "By mistake", by=SYSTEM, now=LATER)
        service.undo(visit.id, by=SYSTEM, now=LATER)

        (_, (action, order)) = buyer.hears()
        assert (action, state(order), order["status"]) == (
            "on_status",
            "SCHEDULED",
            "ACTIVE",
        )
        assert "cancellation" not in order

    def test_of_the_doctor_on_leave(self, clinic, visit, buyer):
        told = absent(clinic.place, clinic.rao, local(9), local(10, 30), now=LATER)
        choose(told, (visit, Remedy.LATER), now=LATER)

        ((action, order),) = buyer.hears()
        assert (action, starts(order)) == ("on_update", HALF_PAST)

    def test_of_another_doctor(self, clinic, visit, buyer):
        menon = make.resource(clinic.place, token_prefix="M", name="Dr Menon")
        make.hours(clinic.place, menon, make.opd(tokens=2))
        there = NewPlace(local(10), resource_id=menon.public_id)
        service.move(visit.id, there, by=SYSTEM, now=LATER)

        ((action, order),) = buyer.hears()
        person = order["fulfillments"][0]["agent"]["person"]
        assert (action, person["name"]) == ("on_update", "Dr Menon")

    def test_where_others_join_of_its_own_patient_alone(
        self, clinic, buyer, time_machine
    ):
        visit = visit_of(buyer.books(clinic, "2026-03-02T08:30:00Z"))
        time_machine.move_to(LATER, tick=False)
        other = make.patient("Leela").public_id
        service.add_participant(visit.id, other, by=SYSTEM, now=LATER)
        service.attend(
            visit.id, Status.CHECKED_IN, by=SYSTEM, now=LATER, patient_id=other
        )
        service.remove_participant(
            visit.id, visit.patient.public_id, by=SYSTEM, now=LATER
        )

        ((action, order),) = buyer.hears()
        assert (action, state(order)) == ("on_cancel", "CANCELLED")


def _only_order():
    return db.session.scalars(select(NetworkOrder)).one()


class TestApproval:
    @pytest.fixture
    def request_(self, clinic, buyer, time_machine):
        clinic.visit = make.kind(minutes=30, price=Decimal(300), needs_approval=True)
        order = buyer.books(clinic)
        assert state(order) == "PENDING"
        time_machine.move_to(LATER, tick=False)
        return visit_of(order)

    def test_is_told_with_the_number(self, request_, buyer):
        service.approve(request_.id, by=SYSTEM, now=LATER)

        ((action, order),) = buyer.hears()
        token = order["fulfillments"][0]["stops"][0]["authorization"]["token"]
        assert (action, state(order)) == ("on_status", "SCHEDULED")
        assert token == visit_of(order).token

    def test_is_told_if_it_is_denied(self, request_, buyer):
        service.deny(request_.id, "Not this week", by=SYSTEM, now=LATER)

        ((action, order),) = buyer.hears()
        assert (action, state(order), order["status"]) == (
            "on_cancel",
            "DENIED",
            "CANCELLED",
        )
        assert order["cancellation"] == {"time": AFTER, "cancelled_by": "PROVIDER"}


class TestNotTold:
    def test_of_what_was_rolled_back(self, visit, buyer):
        def fails_after():
            with transaction():
                service.cancel(visit.id, "Doctor is ill", by=SYSTEM, now=LATER)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fails_after()

        assert buyer.hears() == []
        assert _only_order().state_at == NOW

    def test_twice_of_what_it_did_itself(self, clinic, visit, buyer):
        there = {"id": buyer.slot(clinic, HALF_PAST)}
        moved = {"id": _only_order().order_id, "fulfillments": [there]}

        (updated,) = buyer.told(
            "update",
            {"update_target": "order.fulfillments[0]", "order": moved},
        )
        asked = {"order_id": moved["id"], "cancellation_reason_id": "002"}
        (cancelled,) = buyer.told("cancel", asked)

        assert updated["message"]["order"]["updated_at"] == AFTER
        assert cancelled["message"]["order"]["cancellation"] == {
            "time": AFTER,
            "cancelled_by": "CONSUMER",
            "reason": {"id": "002"},
        }
        assert buyer.hears() == []

    def test_of_orders_that_are_no_longer_in_a_network(self, network, visit, buyer):
        door.use(network.app, None)

        service.cancel(visit.id, "Doctor is ill", by=SYSTEM, now=LATER)

        assert (
            db.session.scalars(select(Sent).where(Sent.asked_id.is_(None))).all() == []
        )
        assert _only_order().state_at == LATER

    def test_of_a_move_that_leaves_it_where_it_was(self, visit, buyer):
        service.move(visit.id, NewPlace(local(10)), by=SYSTEM, now=LATER)

        assert buyer.hears() == []


def test_each_transaction_hears_of_its_own_order(clinic, network, buyer):
    first, second = buyer.books(clinic), Buyer(network)
    other = second.books(clinic, HALF_PAST)
    service.cancel(visit_of(other).id, "Doctor is ill", by=SYSTEM, now=NOW)

    ((_, order),) = second.hears()
    assert order["id"] == other["id"] != first["id"]


def test_news_goes_in_sequence_though_the_first_fails_and_is_then_as_it_was(
    network, visit, buyer
):
    network.answers.append((500, {}, b""))
    attends(visit, Status.CHECKED_IN)
    ((_, failed),) = drain(network)
    attends(visit, Status.IN_PROGRESS)

    assert drain(network) == []
    heard = drain(network, LATER + timedelta(seconds=5))

    assert heard[0][1] == failed
    assert [state(body["message"]["order"]) for _, body in heard] == [
        "CHECKED_IN",
        "IN_PROGRESS",
    ]
    first, second = (body["context"]["message_id"] for _, body in heard)
    assert first != second


def test_people_leave_news_as_they_leave_answers(network, visit, buyer):
    service.cancel(visit.id, "Doctor is ill", by=SYSTEM, now=LATER)
    buyer.hears()
    over = LATER + timedelta(days=91)

    forgetting.forget(door.network_of(network.app), now=over)

    news = db.session.scalars(select(Sent).where(Sent.asked_id.is_(None))).one()
    assert (news.action, news.state) == ("on_cancel", Owed.ACKED)
    for kept in (news.body, orjson.dumps(news.snapshot)):
        assert b"Asha" not in kept
        assert b"9800000000" not in kept
        assert b"CANCELLED" in kept


class TestConfirmedAgain:
    def test_is_the_same_order_wherever_it_was_moved(self, clinic, buyer):
        wanted = buyer.order(clinic, buyer.slot(clinic))
        (first,) = buyer.told("confirm", {"order": wanted})
        given = first["message"]["order"]
        service.move(visit_of(given).id, NewPlace(local(10, 30)), by=SYSTEM, now=NOW)
        buyer.hears()

        (again,) = buyer.told("confirm", {"order": wanted})

        assert again["message"]["order"]["id"] == given["id"]
        assert starts(again["message"]["order"]) == HALF_PAST

    def test_of_another_time_or_person_is_refused(self, clinic, buyer):
        wanted = buyer.order(clinic, buyer.slot(clinic))
        buyer.told("confirm", {"order": wanted})
        there = buyer.order(clinic, buyer.slot(clinic, HALF_PAST))
        other = buyer.order(clinic, wanted["fulfillments"][0]["id"])
        other["fulfillments"][0]["customer"]["person"]["name"] = "Leela"

        for each in (there, other):
            (refused,) = buyer.told("confirm", {"order": each})
            assert refused["error"]["code"] == "30000"
            assert "order" not in refused.get("message", {})
