"""The network's pages: what was said, what is stuck, and who may see it."""

import re
from datetime import timedelta

import pytest

from app.core.actor import SYSTEM
from app.core.db import transaction
from beckn import owing, sending, tallies
from beckn.models import Owed
from beckn.pages import counting, reading
from beckn.tallies import Turned
from tests.beckn import buyers
from tests.beckn.buyers import ACK, BAP, Buyer, post, raw
from tests.doors import people
from tests.doors.networked import (
    NACK,
    YEAR,
    asks,
    came,
    dies,
    ordered,
    sent,
    settled,
    signs_for,
    text,
)
from tests.doors.statements import statements
from tests.doors.world import NOW

SOON = timedelta(days=9)
pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def buyer(app):
    buyer = Buyer()
    buyers.use(app, buyer.network(key=signs_for(YEAR)))
    yield buyer
    buyers.use(app, None)


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, world.admin)


class TestWhoMay:
    def test_an_admin_is_led_there_where_a_network_is_joined(self, admin, buyer):
        assert 'href="/network/"' in admin.get("/keys/").text
        assert "Nobody wrote in the last 7 days" in text(admin.get("/network/"))

    def test_nobody_is_led_there_without_one(self, admin):
        assert "/network/" not in admin.get("/keys/").text
        assert admin.get("/network/").status_code == 404

    def test_the_desk_is_refused_and_not_led_there(self, app, meena, buyer):
        asks(app)
        message = came().public_id

        assert "/network/" not in meena.get("/keys/").text
        for address in ("", "checklist", f"transactions/{message}"):
            assert meena.get(f"/network/{address}").status_code == 403
        assert meena.get(f"/network/messages/{message}").status_code == 403
        refused = meena.post(f"/network/messages/{message}/resend")
        assert refused.status_code == 403

    def test_no_form_is_taken_that_another_site_sent(self, app, admin, buyer):
        asks(app)
        settled()

        address = f"/network/messages/{sent().public_id}/resend"
        assert admin.client.post(address).status_code == 400
        assert sent().state is Owed.ACKED


class TestTurnedAway:
    def test_what_was_not_taken_is_listed_with_why(self, app, admin, buyer):
        assert "Not taken lately" not in text(admin.get("/network/"))
        post(app, raw(ttl="soon"))

        page = text(admin.get("/network/"))

        _, told = page.split("Not taken lately", 1)
        assert re.search(rf"select .* {BAP} yes 30000 context.ttl", told)


class TestList:
    def test_tells_who_said_what_last_and_the_order(self, app, admin, world, buyer):
        asks(app)
        ordered(world)
        settled()

        told = text(admin.get("/network/"))

        assert "on_select of transaction t-1" in told
        assert BAP in told
        assert "OPD-2026-AAA111" in told
        assert "2 Answered" in told
        visit = f'href="/appointments/{world.token.id}"'
        assert visit in admin.get("/network/").text

    def test_the_latest_stands_first(self, app, admin, buyer, time_machine):
        asks(app, transaction_id="t-early")
        time_machine.move_to(NOW + timedelta(minutes=5), tick=False)
        later = buyers.context.stamp(NOW + timedelta(minutes=5))
        sent = raw(transaction_id="t-late", timestamp=later)
        assert post(app, sent, now=NOW + timedelta(minutes=5)).json == ACK

        told = text(admin.get("/network/"))

        assert told.index("t-late") < told.index("t-early")
        assert "1 Under way" in told

    def test_dead_letters_and_refusals_are_listed_alone(self, app, admin, buyer):
        dies(app, buyer, transaction_id="t-dead")
        buyer.answers = [NACK]
        asks(app, transaction_id="t-nack")
        asks(app, transaction_id="t-good")
        settled()

        told = text(admin.get("/network/?stuck=1"))

        assert "t-dead" in told
        assert "t-nack" in told
        assert "t-good" not in told
        assert "2 messages" in told

    @pytest.mark.parametrize("said", ["t-2", "OPD-2026-BBB222"])
    def test_is_searched_by_transaction_and_order(self, app, admin, world, buyer, said):
        asks(app, transaction_id="t-1")
        asks(app, transaction_id="t-2")
        ordered(world, "t-2", "OPD-2026-BBB222")

        told = text(admin.get(f"/network/?q={said}&span=day"))

        assert "transaction t-2" in told
        assert "transaction t-1" not in told

    def test_what_is_searched_for_may_be_old(self, app, admin, buyer, time_machine):
        asks(app)
        time_machine.move_to(NOW + timedelta(hours=11), tick=False)
        old = NOW - timedelta(days=60)
        with transaction():
            came().received_at = old

        assert "transaction t-1" not in text(admin.get("/network/?span=month"))
        assert "transaction t-1" in text(admin.get("/network/?span=quarter"))
        assert "transaction t-1" in text(admin.get("/network/?q=t-1&span=day"))
        assert "Nothing was said of that" in text(admin.get("/network/?q=t-9"))

    def test_many_are_read_page_by_page(self, app, admin, buyer):
        for number in range(reading.MOST + 2):
            asks(app, transaction_id=f"t-{number:02d}")

        first, second = admin.get("/network/").text, admin.get("/network/?page=2").text

        pages = [
            re.findall(r"of transaction (t-\d\d)", page) for page in (first, second)
        ]
        assert [len(each) for each in pages] == [reading.MOST, 2]
        assert len({*pages[0], *pages[1]}) == reading.MOST + 2
        assert 'href="/network/?page=2"' in first
        assert "Later" in second
        assert "Earlier" not in second

    def test_a_span_that_is_none_is_refused(self, admin, buyer):
        assert admin.get("/network/?span=ever").status_code == 422

    def test_more_messages_take_no_more_statements(self, app, admin, world, buyer):
        by = world.admin.actor
        since = NOW - YEAR
        asked = reading.views.Asked(since)

        def look():
            reading.deals(asked, by=by)
            counting.counts(since, by=by)
            counting.strangers(since, by=by)
            reading.lag(by=by, now=NOW)

        page = lambda: admin.get("/network/")  # noqa: E731 - counted twice
        few = statements(page)
        for number in range(12):
            asks(app, transaction_id=f"t-{number}")
            settled()

        assert statements(look) <= 9
        assert statements(page) == few


class TestTimeline:
    def test_tells_by_which_key_each_was_verified(self, app, admin, buyer):
        sent = raw("search", {"days": [1]}, bpp_id=None, bpp_uri=None)
        gateway = buyers.signed(sent, by="gateway.example.org")["Authorization"]
        headers = buyers.signed(sent) | {"X-Gateway-Authorization": gateway}
        assert post(app, sent, headers=headers).json == ACK

        told = text(admin.get(f"/network/transactions/{came().public_id}"))

        assert "came" in told
        assert told.count("verified by key k1") == 2
        assert "through gateway.example.org, verified by key k1" in told

    def test_tells_what_nobody_verified(self, app, admin, buyer):
        asks(app)
        for kept, words in ((None, "not written down"), ("", "not verified")):
            with transaction():
                came().key_id = kept
            told = text(admin.get(f"/network/transactions/{came().public_id}"))
            assert words in told

    def test_tells_how_soon_it_was_answered_and_taken(
        self, app, admin, buyer, time_machine
    ):
        asks(app)
        settled(NOW + timedelta(seconds=2))

        told = text(admin.get(f"/network/transactions/{sent().public_id}"))

        assert "on_select, message m-1 sent ACK" in told
        assert "went 2.0 s after it was asked" in told
        assert "number 1" in told
        assert "1 try" in told

    def test_tells_what_went_wrong_and_how_often(self, app, admin, buyer):
        message = dies(app, buyer)

        told = text(admin.get(f"/network/transactions/{message}"))

        assert "Dead letter" in told
        assert f"{sending.MOST_TRIES} tries" in told
        assert "What went wrong: timed out" in told

    def test_tells_what_was_told_unasked(self, app, admin, buyer):
        asks(app)
        with transaction():
            owing.news(BAP, "t-1", "on_status", lambda _: {"order": {}}, now=NOW)

        told = text(admin.get(f"/network/transactions/{came().public_id}"))

        assert "told unasked" in told

    def test_is_of_one_buyer_alone(self, app, admin, buyer):
        asks(app)
        other = "other.example.org"
        uri = f"https://{other}/beckn"
        theirs = raw("status", {}, bap_id=other, bap_uri=uri, message_id="m-9")
        assert post(app, theirs, by=other).json == ACK

        told = text(admin.get(f"/network/transactions/{came().public_id}"))

        assert "m-1" in told
        assert "m-9" not in told

    def test_nothing_is_found_of_no_message(self, admin, world, buyer):
        for page in ("transactions", "messages"):
            found = admin.get(f"/network/{page}/{world.token.id}")
            assert found.status_code == 404


class TestCounts:
    def test_of_each_buyer_alone(self, app, admin, buyer):
        dies(app, buyer, transaction_id="t-dead")
        buyer.answers = [NACK, NACK]
        asks(app, transaction_id="t-nack")
        asks(app, transaction_id="t-other")
        settled()
        for number in range(3):
            asks(app, transaction_id=f"t-{number}")
        settled(NOW + timedelta(seconds=4))

        (row,) = counting.counts(NOW - YEAR, by=SYSTEM)

        assert (row.bap_id, row.came, row.undone) == (BAP, 6, 0)
        assert (row.went, row.acked, row.refused, row.dead) == (6, 3, 2, 1)
        # Three went at once, three after four seconds.
        assert row.median == timedelta(seconds=2)
        told = text(admin.get("/network/"))
        assert f"{BAP} 6 0 0 0 6 3 2 1 2.0 s" in told

    def test_only_of_the_time_that_is_asked(self, app, admin, buyer):
        asks(app)
        with transaction():
            came().received_at = NOW - timedelta(days=3)

        assert "No buyer wrote" in text(admin.get("/network/?span=day"))
        assert f"{BAP} 1 0 0 0 0" in text(admin.get("/network/?span=week"))


class TestTallies:
    def test_is_counted_by_who_signed_it_and_of_strangers_together(
        self, app, admin, buyer
    ):
        for number in range(3):
            post(app, raw(domain="retail", message_id=f"m-{number}"))
        post(app, raw(), headers={})
        tallies.count(Turned.BRAKED, "quick.example", now=NOW)
        for _ in range(2):
            tallies.count(Turned.BRAKED, "", "192.0.2.7", now=NOW)

        told = text(admin.get("/network/"))

        assert f"{BAP} 0 3 0 0" in told
        assert "quick.example 0 0 1 0" in told
        assert "1 message without a signature that holds was refused." in told
        assert "192.0.2.7 : 2 times, last at" in told


class TestAlarms:
    @pytest.mark.parametrize(
        ("span", "words"),
        [(SOON, "Our key runs out on"), (None, "No key of this house is valid")],
    )
    def test_the_key_runs_out(self, app, admin, buyer, span, words):
        assert words not in text(admin.get("/network/"))
        key = (lambda *, now: None) if span is None else signs_for(span)
        buyers.use(app, buyer.network(key=key))

        told = text(admin.get("/network/"))

        assert words in told
        assert "baari beckn keys rotate" in told

    def test_nobody_deals_with_what_is_due(self, app, admin, buyer, time_machine):
        asks(app)
        assert "1 to do and 0 to send just now" in text(admin.get("/network/"))
        time_machine.move_to(NOW + timedelta(minutes=10), tick=False)

        told = text(admin.get("/network/"))

        assert "nobody deals with them" in told
        assert "the oldest for 10 min" in told
