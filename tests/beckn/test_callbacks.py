"""Every owed callback arrives, in order, and none twice to a buyer that took it."""

import logging
import uuid
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from app.core.db import db, transaction
from beckn import owing, sending, working
from beckn.door import NotDeliveredError
from beckn.models import Asked, Owed, Received, Sent
from tests.beckn import buyers
from tests.beckn.buyers import ACK, BAP, BPP, BPP_URI, Buyer, post, raw
from tests.factories import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

NACK = {
    "message": {"ack": {"status": "NACK"}},
    "error": {"code": "20002", "message": "not mine"},
}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def buyer(app):
    buyer = Buyer()
    buyers.use(app, buyer.network())
    yield buyer
    buyers.use(app, None)


def asks(app, action="select", message=None, **changed):
    answer = post(app, raw(action, message, **changed))
    assert answer.json == ACK, answer.json


def works(now=NOW):
    """Do all that is due; give how many messages that was."""
    number = 0
    while working.work_one(now=now):
        number += 1
    return number


def sends(now=NOW):
    number = 0
    while sending.send_one(now=now):
        number += 1
    return number


def owed():
    """Give how far each message to the buyer has come, in their order."""
    rows = db.session.scalars(select(Sent).order_by(Sent.sequence, Sent.id))
    return [(row.action, row.state.value) for row in rows.all()]


def only(model):
    (row,) = db.session.scalars(select(model)).all()
    return row


def news(action="on_status", message=None, now=NOW):
    with transaction():
        owing.news(BAP, "t-1", action, lambda _: message or {"order": {}}, now=now)


class TestWorking:
    def test_the_answer_goes_where_the_buyer_is_under_the_same_ids(
        self, app, session, buyer
    ):
        asks(app, bpp_uri=f"{BPP_URI}/")

        assert (works(), sends()) == (1, 1)

        ((url, body, _),) = buyer.got
        told = orjson.loads(body)
        assert url == "https://bap.example.org/beckn/on_select"
        assert told["message"] == buyers.ORDER
        asked = buyers.body()["context"]
        assert told["context"] == asked | {"action": "on_select"}
        assert (only(Received).state, owed()) == (
            Asked.DONE,
            [("on_select", "acked")],
        )

    def test_meta_questions_are_answered_under_their_own_names(
        self, app, session, buyer
    ):
        asks(app, "get_cancellation_reasons")
        asks(app, "get_rating_categories")

        assert (works(), sends()) == (2, 2)
        assert [url.rsplit("/", 1)[1] for url, _, _ in buyer.got] == [
            "cancellation_reasons",
            "rating_categories",
        ]

    def test_a_search_from_a_gateway_is_answered_as_by_us(self, app, session, buyer):
        asks(app, "search", {"days": [1, 2, 3]}, bpp_id=None, bpp_uri=None)

        assert (works(), sends()) == (1, 3)
        assert [told["message"]["day"] for told in buyer.bodies()] == [1, 2, 3]
        heads = [told["context"] for told in buyer.bodies()]
        assert {head["message_id"] for head in heads} == {"m-1"}
        assert {(head["bpp_id"], head["bpp_uri"]) for head in heads} == {(BPP, BPP_URI)}

    def test_a_sloppy_context_is_answered_strictly(self, app, session, buyer):
        sloppy = {"location": None, "country": "IND", "city": "std:080", "ttl": None}
        sloppy |= {"bap_uri": None, "bap_url": buyers.BAP_URI}
        asks(app, timestamp=NOW.strftime("%Y-%m-%d %H:%M"), **sloppy)

        assert (works(), sends()) == (1, 1)
        context = buyer.bodies()[0]["context"]
        assert context == buyers.body(action="on_select")["context"]

    def test_a_refusal_is_a_callback_and_undoes_what_was_begun(
        self, app, session, buyer
    ):
        def begins(action, context, message, *, now):
            row = only(Received)
            row.error = "begun"
            db.session.flush()
            return buyer.do(action, context, message, now=now)

        buyers.use(app, buyer.network(do=begins))
        asks(app, "init", {"refuse": True})

        assert (works(), sends()) == (1, 1)
        told = buyer.bodies()[0]
        assert told["error"] == {
            "code": "40002",
            "paths": "message.order",
            "message": "it is taken",
        }
        assert "message" not in told
        assert (only(Received).state, only(Received).error) == (Asked.DONE, "")

    def test_a_fault_is_tried_again_and_ends_in_words(self, app, session, buyer):
        asks(app, "init", {"fail": "Asha has 40 degrees"})
        asks(app, "confirm", message_id="m-2")
        moment, gaps = NOW, []

        while not buyer.got:
            works(moment)
            sends(moment)
            waits = only_waiting()
            if waits and waits > moment:
                gaps.append((waits - moment).total_seconds())
                moment = waits

        assert gaps == list(working.BACK_OFF_S)
        dead, later = db.session.scalars(select(Received).order_by(Received.id)).all()
        assert (dead.state, dead.error) == (Asked.DEAD, "RuntimeError")
        assert buyer.bodies()[0]["error"]["code"] == "31001"
        # The confirm waited for it, and did not jump ahead.
        assert later.state is Asked.DONE
        assert [told["context"]["action"] for told in buyer.bodies()] == [
            "on_init",
            "on_confirm",
        ]

    def test_what_is_taken_and_not_answered_is_a_fault(self, app, session, buyer):
        asks(app, message={"days": []})

        works()
        assert only(Received).error == "ValueError"


def only_waiting():
    found = select(Received.due_at).where(Received.state == Asked.WAITING)
    return db.session.scalar(found.order_by(Received.id).limit(1))


class TestSending:
    @pytest.mark.parametrize(
        "answer",
        [(500, {}), (200, {}), (404, NACK["error"]), (503, ACK), "timeout"],
    )
    def test_what_is_no_answer_is_tried_again_with_the_same_bytes(
        self, app, session, buyer, answer
    ):
        asks(app)
        works()
        buyer.answers = [answer]

        assert sends() == 1
        row = only(Sent)
        assert (row.state, row.tries) == (Owed.WAITING, 1)
        assert 2 <= (row.next_at - NOW).total_seconds() <= 2.4
        assert sends(row.next_at - timedelta(milliseconds=1)) == 0
        assert sends(row.next_at) == 1

        (_, body, signature), (_, again, newly) = buyer.got
        assert (body, owed()) == (again, [("on_select", "acked")])
        assert signature != newly

    def test_after_the_last_try_it_is_dead_and_can_be_sent_again(
        self, app, session, buyer
    ):
        asks(app)
        works()
        buyer.answers = ["down"] * sending.MOST_TRIES
        moment, waits = NOW, []

        while sends(moment):
            row = only(Sent)
            if row.next_at:
                waits.append((row.next_at - moment).total_seconds())
                moment = row.next_at

        assert [
            plain <= waited <= plain * 1.2
            for plain, waited in zip(sending.BACK_OFF_S, waits, strict=True)
        ] == [True] * 5
        assert (row.state, row.error) == (Owed.DEAD, "down")
        # Ten minutes of silence are survived.
        assert sum(sending.BACK_OFF_S) > 600

        owing.resend(row.public_id, now=moment)
        assert sends(moment) == 1
        assert owed() == [("on_select", "acked")]
        assert {body for _, body, _ in buyer.got} == {row.body}

    def test_a_nack_is_kept_and_ends_it(self, app, session, buyer):
        asks(app)
        works()
        buyer.answers = [(200, NACK)]

        assert (sends(), sends(NOW + 20 * MINUTE)) == (1, 0)
        row = only(Sent)
        assert (row.state, orjson.loads(row.error)) == (Owed.REFUSED, NACK["error"])

    @pytest.mark.parametrize(("answers", "state"), [(1, "acked"), (2, "dead")])
    def test_a_signature_that_is_not_taken_is_renewed_once(
        self, app, session, buyer, answers, state
    ):
        asks(app)
        works()
        buyer.answers = [(401, NACK)] * answers

        assert (sends(), sends(NOW + 20 * MINUTE)) == (1, 0)
        assert (len(buyer.got), owed()) == (2, [("on_select", state)])

    def test_a_fault_of_ours_loses_nothing(self, app, session, buyer, caplog):
        def fails(raw, *, now):
            raise ValueError("no key")

        buyers.use(app, buyer.network(sign=fails))
        asks(app)
        works()
        assert sends() == 1

        buyers.use(app, buyer.network())
        assert sends(NOW + MINUTE) == 1
        assert owed() == [("on_select", "acked")]

    def test_a_later_message_waits_for_the_earlier_and_others_do_not(
        self, app, session, buyer
    ):
        asks(app)
        asks(app, transaction_id="t-2")
        works()
        news()
        buyer.answers = [(500, {})]

        sends()
        assert [row["context"]["action"] for row in buyer.bodies()] == [
            "on_select",
            "on_select",
        ]
        sends(NOW + MINUTE)
        first = buyer.by_transaction()["t-1"]
        assert [told["context"]["action"] for told in first] == [
            "on_select",
            "on_select",
            "on_status",
        ]
        moments = [told["context"]["timestamp"] for told in first]
        assert moments == sorted(moments)

    def test_who_ended_while_asking_leaves_it_to_others_after_a_while(
        self, app, session, buyer
    ):
        class KilledError(BaseException):
            pass

        def dies(url, body, headers, *, registered):
            raise KilledError

        buyers.use(app, buyer.network(post=dies))
        asks(app)
        works()
        with pytest.raises(KilledError):
            sending.send_one(now=NOW)

        buyers.use(app, buyer.network())
        assert sends(NOW + sending.LEASE - timedelta(seconds=1)) == 0
        assert sends(NOW + sending.LEASE) == 1
        assert owed() == [("on_select", "acked")]

    def test_who_answers_after_the_lease_writes_down_nothing(self, app, session, buyer):
        def slow(url, body, headers, *, registered):
            buyers.use(app, buyer.network())
            buyer.answers = [(500, {})]
            assert sends(NOW + sending.LEASE) == 1
            raise NotDeliveredError("too late")

        buyers.use(app, buyer.network(post=slow))
        asks(app)
        works()
        assert sending.send_one(now=NOW)

        row = only(Sent)
        assert (row.tries, row.error) == (2, "500 without ACK or NACK")
        assert row.next_at > NOW + sending.LEASE


class TestNews:
    def test_comes_under_an_id_of_its_own(self, app, session, buyer):
        asks(app)
        works()
        news("on_cancel", {"order": {"id": "OPD-1"}})
        assert sends() == 2

        answer, told = buyer.bodies()
        assert told["context"]["transaction_id"] == "t-1"
        assert uuid.UUID(told["context"]["message_id"])
        assert told["context"]["action"] == "on_cancel"
        assert told["context"]["bap_uri"] == answer["context"]["bap_uri"]

    def test_is_undone_with_what_it_tells_of(self, app, session, buyer):
        asks(app)
        works()

        def tells_and_fails():
            with transaction():
                owing.news(BAP, "t-1", "on_update", lambda _: {}, now=NOW)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            tells_and_fails()

        assert owed() == [("on_select", "waiting")]

    def test_is_for_who_wrote_before_and_of_three_kinds(self, app, session, buyer):
        with pytest.raises(owing.UnknownTransactionError):
            news()
        asks(app)
        with pytest.raises(ValueError, match="only to who asks"):
            news("on_confirm")


def test_what_is_said_of_a_fault_names_nobody(app, session, buyer, caplog):
    asks(app, "init", {"fail": "x"})
    with caplog.at_level(logging.INFO):
        works()

    assert "A Patient" not in caplog.text
    assert only(Received).error == "RuntimeError"
