"""What is refused leaves a line for staff, and nobody fills the table or the door."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from app.core.db import db
from app.doors.brakes import limiter
from beckn import braking, challenged, forgetting, refused, tallies
from beckn.models import Received
from beckn.refused import MOST_KEPT, Refusal
from beckn.shell import beckn
from beckn.tallies import Tally, Turned
from beckn.trust import keys, subscribing
from tests.beckn import buyers
from tests.beckn.buyers import BAP, Buyer, post, raw, signed
from tests.factories import NOW
from tests.racing import race

pytestmark = pytest.mark.time_machine(NOW, tick=False)

OTHER = "other.example.org"


@pytest.fixture
def buyer(app):
    buyer = Buyer()
    buyers.use(app, buyer.network())
    limiter.reset()
    yield buyer
    buyers.use(app, None)
    limiter.reset()


def lines():
    return [(e.subscriber, e.claimed, e.action, e.code, e.path) for e in all_of_them()]


def all_of_them():
    return refused.latest(1000)


class TestLines:
    def test_say_who_signed_or_claimed_what_and_why_and_nothing_more(
        self, app, session, buyer
    ):
        sent = raw("init", domain="retail")
        post(app, sent)
        post(app, raw("init"), headers={})
        post(app, raw("init", ttl="soon"))
        post(app, raw("init"), to="confirm")
        post(app, raw("init"), by=OTHER)
        post(app, b"no JSON", to="init", headers=signed(b"no JSON"))
        post(app, b"no JSON", to="init", headers={})

        assert lines() == [
            ("", "", "init", "30016", ""),
            (BAP, BAP, "init", "30000", ""),
            ("", BAP, "init", "30016", ""),
            ("", BAP, "confirm", "30016", "context.action"),
            (BAP, BAP, "init", "30000", "context.ttl"),
            ("", BAP, "init", "30016", ""),
            (BAP, BAP, "init", "30000", "context.domain"),
        ]
        assert {each.refused_at for each in all_of_them()} == {NOW}
        rows = db.session.scalars(text("SELECT to_jsonb(r)::text FROM beckn_refused r"))
        assert not [each for each in rows if "Patient" in each or "98000" in each]
        assert db.session.scalar(select(func.count()).select_from(Received)) == 0

    def test_are_printed_for_who_runs_the_house(self, app, session, buyer):
        post(app, raw("init", domain="retail"))
        post(app, raw("init"), headers={})

        class House:
            @contextmanager
            def app(self):
                yield app

        said = CliRunner().invoke(beckn, ["refused", "--number", "5"], obj=House())

        assert said.output.splitlines() == [
            f"2026-03-02T03:00:00+00:00  init: 30016 ({BAP}, not proved)",
            f"2026-03-02T03:00:00+00:00  init: 30000 at context.domain ({BAP})",
        ]

    def test_of_what_is_taken_there_is_none(self, app, session, buyer):
        post(app, raw())
        assert lines() == []

    def test_of_one_subscriber_are_a_few_and_strangers_are_one(self, session):
        kept_of(BAP, 3)
        for number in range(MOST_KEPT + 5):
            kept_of("", 1, claimed=f"bap{number}.example.org")

        found = all_of_them()

        strangers = [each for each in found if not each.subscriber]
        assert [each.claimed for each in strangers] == [
            f"bap{number}.example.org" for number in range(MOST_KEPT + 4, 4, -1)
        ]
        assert len(found) == MOST_KEPT + 3

    def test_are_gone_with_the_days_that_anything_is_kept(self, app, session, buyer):
        kept_of(BAP, 1)
        kept_of(BAP, 1, refused_at=NOW + timedelta(seconds=1))
        tallies.count(Turned.REFUSED, BAP, now=NOW)
        tallies.count(Turned.REFUSED, BAP, now=NOW + timedelta(minutes=1))

        forgetting.forget(buyer.network(), now=NOW + timedelta(days=90, seconds=1))

        assert len(all_of_them()) == 1
        assert len(turned()) == 1

    def test_that_cannot_be_written_change_no_answer(self, app, session, buyer, caplog):
        session.execute(text("ALTER TABLE beckn_refused RENAME TO gone"))
        session.commit()

        answer = post(app, raw(), headers={})

        assert answer.status_code == 401
        assert "could not be written down" in caplog.text

    def test_are_found_by_subscriber(self, session):
        found = session.scalars(
            text(
                "SELECT indexdef FROM pg_indexes WHERE tablename = 'beckn_refused'"
                " AND indexname = 'ix_beckn_refused_subscriber'"
            )
        )
        assert "(subscriber, id)" in found.one()


def turned():
    rows = db.session.scalars(select(Tally).order_by(Tally.minute, Tally.kind))
    return [(e.kind, e.subscriber, e.address, e.number) for e in rows]


def kept_of(subscriber, number, *, claimed=BAP, refused_at=NOW):
    for _ in range(number):
        refused.keep(Refusal(subscriber, claimed, "init", "30016", "", refused_at))


class TestBrakes:
    def test_who_asks_too_often_is_told_so_in_the_networks_manner(
        self, app, session, buyer
    ):
        buyers.use(app, buyer.network(per_subscriber="2/minute"))
        taken = [post(app, raw(message_id=f"m-{n}")) for n in range(2)]
        assert [each.status_code for each in taken] == [200, 200]
        assert turned() == []

        answer = post(app, raw(message_id="m-3"))

        assert answer.status_code == 429
        assert answer.json["message"]["ack"]["status"] == "NACK"
        assert answer.json["error"]["code"] == "50000"
        assert answer.headers["Retry-After"] == "60"
        assert turned() == [(Turned.BRAKED, BAP, "", 1)]
        # Nobody else is kept out by them.
        assert post(app, raw(), by=OTHER).status_code == 401

    def test_a_stranger_uses_up_nothing_of_whom_they_claim_to_be(
        self, app, session, buyer
    ):
        buyers.use(app, buyer.network(per_subscriber="2/minute"))
        for _ in range(5):
            assert post(app, raw(), headers={}).status_code == 401

        assert post(app, raw()).status_code == 200

    def test_strangers_are_held_up_by_where_they_are(self, app, session, buyer):
        buyers.use(app, buyer.network(per_address="3/minute"))
        told = [post(app, raw(), headers={}).status_code for _ in range(4)]

        assert told == [401, 401, 401, 429]
        # Looked at by nobody, and so not written down, but counted.
        assert len(lines()) == 3
        assert turned() == [
            (Turned.BRAKED, "", "127.0.0.1", 1),
            (Turned.REFUSED, "", "", 3),
        ]

    def test_however_many_come_too_fast_they_are_one_line_a_minute(
        self, app, session, buyer, time_machine
    ):
        buyers.use(app, buyer.network(per_address="1/minute"))
        for _ in range(5):
            post(app, raw(), headers={})
        time_machine.move_to(NOW + timedelta(minutes=1), tick=False)
        post(app, raw(), headers={})

        here = "127.0.0.1"
        braked = [each for each in turned() if each[0] is Turned.BRAKED]
        assert braked == [(Turned.BRAKED, "", here, 4), (Turned.BRAKED, "", here, 1)]

    def test_rivals_in_one_minute_are_all_counted(self, hospital):
        race(hospital, [lambda: tallies.count(Turned.BRAKED, BAP, now=NOW)] * 8)

        assert turned() == [(Turned.BRAKED, BAP, "", 8)]

    def test_what_cannot_be_counted_is_turned_away_all_the_same(
        self, app, session, buyer, caplog
    ):
        session.execute(text("ALTER TABLE beckn_tallies RENAME TO gone"))
        session.commit()

        assert post(app, raw(), headers={}).status_code == 401
        assert "could not be counted" in caplog.text

    def test_the_registrys_question_is_braked_by_address_too(self, app, session):
        limiter.reset()
        ring = keys.new_ring(now=NOW)
        # Any key will do: what is asked is none of its questions.
        key = subscribing.public_keys(ring, now=NOW)[0]["encr_public_key"]
        challenged.use(
            app, lambda: ring, subscriber_id="bpp.clinic.example", registry_key=key
        )
        most = int(braking.CHALLENGES.partition("/")[0])
        ask = lambda: app.test_client().post("/beckn/on_subscribe", json={})  # noqa: E731 - asked often

        told = [ask().status_code for _ in range(most)]
        answer = ask()

        app.extensions.pop("beckn_challenge")
        assert set(told) == {400}
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
        assert turned() == [(Turned.BRAKED, "", "127.0.0.1", 1)]

    @pytest.mark.parametrize(
        ("written", "fine"),
        [("600/minute", True), ("5 per second", True), ("many", False), ("", False)],
    )
    def test_a_limit_can_be_read_or_not(self, written, fine):
        assert braking.is_limit(written) is fine
