"""The network books into the same hospital: from search to a visit, and after."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from app.booking import queries, service
from app.booking.setting import NewRule
from app.booking.states import Status
from app.core.actor import SYSTEM
from beckn.problems import Code, Problem
from tests import factories as make
from tests.beckn.buying import Buyer, show
from tests.factories import NOW, local
from tests.rooms.clinic import Clinic

TEN = "2026-03-02T04:30:00Z"


@pytest.fixture
def clinic(session):
    it = Clinic(tokens=4)
    it.visit = make.kind(minutes=30, price=Decimal(300))
    show(it.place, it.rao)
    return it


@pytest.fixture
def buyer(clinic):
    return Buyer(place=clinic.place)


def starts(found):
    return [each["stops"][0]["time"]["timestamp"] for each in found]


def at(buyer, clinic, when=TEN, **intent):
    found = buyer.finds(item={"id": clinic.visit.code}, **intent)
    return next(e["id"] for e in found if starts([e]) == [when])


def order(buyer, clinic, when=TEN, **who):
    return buyer.order(at(buyer, clinic, when), clinic.visit.code, **who)


def refused(code):
    return pytest.raises(Problem, match=rf"^{code}:")


def booked_of(clinic):
    return queries.appointments(
        clinic.place, make.span(local(0), 24 * 60), by=SYSTEM, limit=100
    )


class TestSearch:
    def test_gives_a_fulfilment_for_each_free_slot_of_each_day(self, clinic, buyer):
        clinic.token(10)

        days = buyer.asks("search", intent={"item": {"id": clinic.visit.code}})

        first = days[0]["catalog"]["providers"][0]
        slot = first["fulfillments"][0]
        assert len(days) == 7
        assert starts(first["fulfillments"])[:2] == [TEN, "2026-03-02T05:00:00Z"]
        assert slot["tags"][0]["list"][0]["value"] == "3"
        assert first["items"][0]["price"] == {"currency": "INR", "value": "300.00"}
        assert first["id"] == clinic.place.slug

    def test_seeks_by_doctor_department_time_and_service(self, clinic, buyer):
        item = {"id": clinic.visit.code}
        stop = {"time": {"range": {"start": TEN, "end": "2026-03-02T05:30:00Z"}}}

        found = buyer.finds(
            item=item, fulfillment={"agent": {"person": {"name": "prac"}}}
        )
        hour = buyer.finds(item=item, fulfillment={"stops": [stop]})
        other = buyer.finds(fulfillment={"agent": {"person": {"name": "Nobody"}}})
        dental = buyer.finds(category={"descriptor": {"code": "DENTAL"}})
        doses = buyer.finds(item={"descriptor": {"code": "VACCINATION"}})

        assert found
        assert starts(hour) == [TEN, "2026-03-02T05:00:00Z"]
        assert other == dental == doses == []

    def test_shows_nothing_that_is_not_public(self, clinic, buyer):
        show(clinic.place, clinic.rao, public=False)

        assert buyer.finds() == []


class TestSelect:
    def test_quotes_what_adds_up_and_keeps_nothing(self, clinic, buyer):
        quote = buyer.one("select", order=order(buyer, clinic))["order"]["quote"]

        parts = sum(Decimal(each["price"]["value"]) for each in quote["breakup"])
        assert Decimal(quote["price"]["value"]) == parts == 300
        assert clinic.slot(10).taken == 0

    def test_says_why_a_place_cannot_be_had(self, clinic, buyer):
        wanted = order(buyer, clinic)
        late = NOW + timedelta(days=1)
        for _ in range(4):
            clinic.token(10)

        with refused(Code.QUANTITY_UNAVAILABLE):
            buyer.one("select", order=wanted)
        with refused(Code.FULFILMENT_UNAVAILABLE):
            buyer.one("select", late, order=wanted)
        with refused(Code.ITEM_NOT_FOUND):
            buyer.one("select", order=wanted | {"items": [{"id": "other"}]})
        with refused(Code.PROVIDER_NOT_FOUND):
            buyer.one("select", order=wanted | {"provider": {"id": "other"}})
        for wrong in ("slot-1", "", "A" * 72):
            with pytest.raises(Problem):
                buyer.one("select", order=wanted | {"fulfillments": [{"id": wrong}]})

    def test_says_that_a_doctor_is_away(self, clinic, buyer):
        wanted = order(buyer, clinic)
        make.away(clinic.place, clinic.rao, local(9), 180)

        with refused(Code.AGENT_UNAVAILABLE):
            buyer.one("select", order=wanted)


class TestInit:
    def test_holds_a_place_and_twice_is_the_same_hold(self, clinic, buyer):
        wanted = order(buyer, clinic)

        first = buyer.one("init", order=wanted)["order"]
        again = buyer.one("init", NOW + timedelta(minutes=4), order=wanted)["order"]

        assert clinic.slot(10).taken == 1
        assert (first["quote"]["ttl"], again["quote"]["ttl"]) == ("PT600S", "PT360S")
        assert first["type"] == "DRAFT"

    def test_of_another_place_moves_the_hold(self, clinic, buyer):
        buyer.one("init", order=order(buyer, clinic))

        buyer.one("init", order=order(buyer, clinic, "2026-03-02T05:00:00Z"))

        assert (clinic.slot(10).taken, clinic.slot(10, 30).taken) == (0, 1)

    def test_holds_no_more_than_the_public_page_may(self, clinic, buyer):
        wanted = order(buyer, clinic)
        _hold_cap(clinic, 1)
        buyer.one("init", order=wanted)

        with refused(Code.BUSINESS):
            Buyer("bap.other", clinic.place).one("init", order=wanted)


def _hold_cap(clinic, most):
    from tests.rooms.test_booking_by_patients import set_holds  # noqa: PLC0415

    set_holds(clinic, most)


class TestConfirm:
    def test_books_what_was_held_with_its_number(self, clinic, buyer):
        wanted = order(buyer, clinic)
        buyer.one("init", order=wanted)

        told = buyer.one("confirm", order=wanted)["order"]

        (visit,) = booked_of(clinic)
        stop = told["fulfillments"][0]["stops"][0]
        assert re.fullmatch(r"OPD-2026-\w{4}-\w{4}", told["id"])
        assert (told["status"], visit.status) == ("ACTIVE", Status.SCHEDULED)
        assert stop["authorization"] == {"type": "TOKEN", "token": visit.token}
        assert (visit.patient.name, visit.channel) == ("Asha Nair", "beckn")

    def test_twice_is_one_order(self, clinic, buyer):
        wanted = order(buyer, clinic)

        first = buyer.one("confirm", order=wanted)
        again = buyer.one("confirm", NOW + timedelta(hours=9), order=wanted)

        assert first == again
        assert len(booked_of(clinic)) == 1

    def test_never_joins_somebody_by_their_phone_alone(self, clinic, buyer):
        known = make.patient("Asha Nair", "+919800000000")

        buyer.one("confirm", order=order(buyer, clinic))

        (visit,) = booked_of(clinic)
        assert visit.patient.public_id != known.public_id

    def test_without_init_needs_who_comes_and_who_pays(self, clinic, buyer):
        wanted = order(buyer, clinic)

        for path, less in (
            ("billing.name", {k: v for k, v in wanted.items() if k != "billing"}),
            (
                "person.name",
                wanted | {"fulfillments": [{"id": wanted["fulfillments"][0]["id"]}]},
            ),
        ):
            with pytest.raises(Problem, match=path):
                buyer.one("confirm", order=less)
        assert booked_of(clinic) == []

    def test_books_nobody_who_cannot_be_right(self, clinic, buyer):
        for who in ({"phone": "12"}, {"name": "A" * 200}, {"name": "A\x07"}):
            with refused(Code.INVALID):
                buyer.one("confirm", order=order(buyer, clinic, **who))
        assert booked_of(clinic) == []

    def test_after_its_time_says_whether_the_quote_ended_or_the_place(
        self, clinic, buyer
    ):
        wanted, late = order(buyer, clinic), NOW + timedelta(minutes=11)
        buyer.one("init", order=wanted)

        with refused(Code.QUOTE_UNAVAILABLE):
            buyer.one("confirm", late, order=wanted)
        for _ in range(4):
            order_ = make.token_order(
                clinic.place, clinic.rao, clinic.visit, make.patient(), local(10)
            )
            service.book_token(order_, by=SYSTEM, now=late)
        with refused(Code.QUANTITY_UNAVAILABLE):
            buyer.one("confirm", late, order=wanted)
        assert len(booked_of(clinic)) == 5

    def test_is_refused_at_another_price_or_for_money_taken_elsewhere(
        self, clinic, buyer
    ):
        wanted = order(buyer, clinic)
        price = {"price": {"currency": "INR", "value": "1.00"}}

        with refused(Code.QUOTE_UNAVAILABLE):
            buyer.one("confirm", order=wanted | {"quote": price})
        with refused(Code.PAYMENT_UNSUPPORTED):
            buyer.one("confirm", order=wanted | {"payments": [{"collected_by": "BAP"}]})

    def test_is_pending_where_approval_is_needed(self, clinic, buyer):
        clinic.visit = make.kind(minutes=30, needs_approval=True)

        told = buyer.one("confirm", order=order(buyer, clinic))["order"]

        state = told["fulfillments"][0]["state"]["descriptor"]["code"]
        assert (told["status"], state) == ("ACTIVE", "PENDING")
        assert "authorization" not in told["fulfillments"][0]["stops"][0]


@pytest.fixture
def given(clinic, buyer):
    """Give an order of ten o'clock by its id."""
    return buyer.one("confirm", order=order(buyer, clinic))["order"]["id"]


class TestAnOrder:
    def test_is_seen_by_its_buyer_alone(self, clinic, buyer, given):
        other = Buyer("bap.other", clinic.place)

        assert buyer.one("status", order_id=given)["order"]["id"] == given
        for action, message in (
            ("status", {"order_id": given}),
            ("track", {"order_id": given}),
            ("cancel", {"order_id": given, "cancellation_reason_id": "001"}),
            ("update", {"update_target": "billing", "order": {"id": given}}),
            ("support", {"support": {"ref_id": given}}),
        ):
            with refused(Code.ORDER_NOT_FOUND):
                other.one(action, **message)

    def test_is_followed_on_the_page_of_the_visit(self, buyer, given):
        told = buyer.one("track", order_id=given)["tracking"]

        assert re.fullmatch(r"https://bpp\.clinic\.example/a/[\w-]{20,}", told["url"])
        assert told["status"] == "active"

    def test_is_cancelled_once_and_told_the_same_again(self, clinic, buyer, given):
        words = {"short_desc": "Feeling better"}
        asked = {
            "order_id": given,
            "cancellation_reason_id": "002",
            "descriptor": words,
        }

        with refused(Code.BAD_REASON):
            buyer.one("cancel", order_id=given, cancellation_reason_id="999")
        first = buyer.one("cancel", **asked)
        again = buyer.one("cancel", NOW + timedelta(minutes=5), **asked)

        told = first["order"]
        assert first == again
        assert (told["status"], told["cancellation"]["cancelled_by"]) == (
            "CANCELLED",
            "CONSUMER",
        )
        assert clinic.slot(10).taken == 0

    def test_cannot_be_cancelled_too_late(self, clinic, buyer, given):
        with refused(Code.NO_CANCEL):
            buyer.one(
                "cancel", _seen(clinic), order_id=given, cancellation_reason_id="001"
            )

    def test_keeps_the_notice_that_the_facility_asks(self, buyer, given):
        rule = NewRule("cancel_notice", {"minutes": 120})
        service.add_rule(rule, by=SYSTEM, now=NOW)

        terms = buyer.one("status", order_id=given)["order"]["cancellation_terms"]
        assert {each["cancel_by"]["duration"] for each in terms} == {"PT7200S"}
        with pytest.raises(Problem, match=f"^{Code.NO_CANCEL}.*cancel_notice"):
            buyer.one("cancel", order_id=given, cancellation_reason_id="001")

    def test_that_the_facility_called_off_says_so(self, clinic, buyer, given):
        (visit,) = booked_of(clinic)
        service.cancel(visit.id, "Doctor is ill", by=SYSTEM, now=NOW)

        told = buyer.one("status", order_id=given)["order"]

        assert told["cancellation"]["cancelled_by"] == "PROVIDER"
        assert "Doctor is ill" not in str(told)

    @pytest.mark.parametrize(
        "target", ["order.fulfillments[0].stops[0].time", "item,fulfillment"]
    )
    def test_moves_to_another_time_of_the_doctor(self, clinic, buyer, given, target):
        later = "2026-03-02T05:00:00Z"
        there = {"id": at(buyer, clinic, later)}
        update = {"id": given, "fulfillments": [there]}

        told = buyer.one("update", update_target=target, order=update)["order"]

        assert starts(told["fulfillments"]) == [later]
        assert (clinic.slot(10).taken, clinic.slot(10, 30).taken) == (0, 1)

    @pytest.mark.parametrize(
        ("target", "code"),
        [("item", Code.UPDATE_INCONSISTENT), ("payments", Code.BAD_UPDATE_TARGET)],
    )
    def test_is_of_the_same_item_and_paid_as_it_was(
        self, clinic, buyer, given, target, code
    ):
        other = {"items": [{"id": "another"}], "billing": {"name": "Ravi Nair"}}

        with refused(code):
            buyer.one("update", update_target=target, order={"id": given, **other})

    def test_moves_to_a_time_that_is_written_as_the_clinic_says_it(
        self, clinic, buyer, given
    ):
        stop = {"time": {"range": {"start": "2026-03-02 10:30"}}}

        told = buyer.one(
            "update",
            update_target="order.fulfillments[0].stops[0].time",
            order={"id": given, "fulfillments": [{"stops": [stop]}]},
        )

        assert starts(told["order"]["fulfillments"]) == ["2026-03-02T05:00:00Z"]

    def test_is_paid_for_by_another(self, buyer, given):
        asked = {"id": given, "billing": {"name": "Ravi Nair"}}

        told = buyer.one("update", update_target="billing", order=asked)["order"]

        assert told["billing"] == {"name": "Ravi Nair"}

    def test_is_rated_when_it_is_done(self, clinic, buyer, given):
        rating = {"rating_category": "Order", "id": given, "value": "5"}
        with refused(Code.NOT_APPLICABLE):
            buyer.one("rating", ratings=[rating])
        after = _seen(clinic)

        for code, wrong in (
            (Code.RATING_VALUE, {"value": "6"}),
            (Code.RATING_TARGET, {"id": "other"}),
            (Code.RATING_CATEGORY, {"rating_category": "Food"}),
        ):
            with refused(code):
                buyer.one("rating", after, ratings=[rating | wrong])
        told = buyer.one("rating", after, rating=[rating])

        assert "/a/" in told["feedback_form"]["form"]["url"]
        state = buyer.one("status", order_id=given)["order"]
        assert state["status"] == "COMPLETE"


def _seen(clinic):
    (visit,) = booked_of(clinic)
    for step in (Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED):
        service.attend(visit.id, step, by=SYSTEM, now=local(10))
    return local(10, 30)


def test_what_may_be_rated_and_why_one_may_cancel_is_told(buyer, session):
    reasons = buyer.one("get_cancellation_reasons")["cancellation_reasons"]

    assert {"id": "002", "descriptor": {"name": "Feeling better"}} in reasons
    assert "Agent" in buyer.one("get_rating_categories")["rating_categories"]
