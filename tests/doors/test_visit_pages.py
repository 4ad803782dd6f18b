"""A visit's own page, which its patient opens, cancels, moves and rates by no login."""

import re
import secrets
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app.booking import own_queries
from app.booking import queries as bookings
from app.booking import service as booking
from app.booking.setting import NewRule
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.doors import patient_words
from app.doors.brakes import limiter
from app.queues import queries, service
from tests import factories as make
from tests.doors import people, strict
from tests.doors.visits import secret_of
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)
DIGITS = "2345"


@pytest.fixture(autouse=True)
def fresh_brake(app):
    limiter.reset()


@pytest.fixture
def stranger(app, world):
    return people.stranger(app)


@pytest.fixture
def secret(world):
    return secret_of(world.token)


def words(answer):
    return strict.words(strict.page(answer))


def state(world):
    return bookings.appointment(world.token.id, by=SYSTEM).status


def done(secret):
    """Let a visit take place."""
    where = own_queries.own(secret, now=NOW).appointment
    (entry,) = service.check_in(where.id, by=SYSTEM, now=NOW)
    service.call(entry.id, by=SYSTEM, now=NOW)
    service.start(entry.id, by=SYSTEM, now=NOW)
    service.complete(entry.id, by=SYSTEM, now=NOW)


class TestThePage:
    def test_says_when_the_visit_is_long_before_its_day(self, stranger, world):
        told = bookings.appointment(world.asked.id, by=SYSTEM)
        answer = stranger.get(f"/a/{secret_of(told)}")

        assert "You asked for this visit" in words(answer)
        assert "Wednesday, 3 June 2026" in words(answer)
        assert "Tara" not in answer.text
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"

    def test_is_found_from_an_old_slip_too(self, stranger, secret):
        old = stranger.get(f"/s/{secret}?lang=ta")

        assert (old.status_code, old.location) == (308, f"/a/{secret}?lang=ta")

    def test_answers_a_poll_only_when_something_changed(self, stranger, world, secret):
        whole = stranger.get(f"/a/{secret}")
        poll = re.search(r'data-poll="([^"]+)"', whole.text)[1]
        assert 'http-equiv="refresh"' in whole.text
        assert stranger.get(poll).status_code == 204

        booking.cancel(world.token.id, "No doctor", by=SYSTEM, now=NOW)

        changed = stranger.get(poll)
        assert changed.status_code == 200
        assert "Your visit is cancelled" in changed.text
        assert "<html" not in changed.text

    def test_what_opens_nothing_is_answered_alike(self, stranger, world, secret):
        tried = [secrets.token_hex(16) for _ in range(300)]
        tried += ["x", secret[:-1], f"{secret}0", "%00", "'--", "é" * 30, "a" * 3000]
        for path in ("", "/cancel", "/move", "/rate", "/visit.ics"):
            tried.append(f"{tried[0]}{path}")
        answers = [stranger.get(f"/a/{each}") for each in tried]

        answers += [
            stranger.post(f"/a/{tried[0]}/{act}", digits=DIGITS)
            for act in ("cancel", "move") * 4
        ]

        assert {each.status_code for each in answers} == {404}
        assert len({_bare(each) for each in answers}) == 1
        assert len({frozenset(each.headers.keys()) for each in answers}) == 1

    def test_opens_a_calendar_file_that_takes_the_place_of_the_last(
        self, stranger, world, secret
    ):
        first = stranger.get(f"/a/{secret}/visit.ics")
        assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
        _move(stranger, secret, world.token.span.start + timedelta(minutes=30))
        second = stranger.get(f"/a/{secret}/visit.ics?lang=ml")

        (was, now) = (_fields(each.text) for each in (first, second))
        assert was["UID"] == now["UID"]
        assert int(now["SEQUENCE"]) > int(was["SEQUENCE"])
        # Ten o'clock in Kochi.
        assert was["DTSTART"].endswith("T043000Z")
        assert now["DTSTART"].endswith("T050000Z")
        assert all(len(line.encode()) <= 75 for line in second.text.split("\r\n"))


class TestComing:
    def test_from_afar_gives_a_place_and_waits_for_the_mark(
        self, stranger, world, secret
    ):
        assert "I come" in words(stranger.get(f"/a/{secret}"))

        came = stranger.post(f"/a/{secret}/come")

        assert came.status_code == 303
        shown = words(stranger.get(came.location))
        assert "Not marked as here yet" in shown
        assert "people before you" in shown
        assert stranger.post(f"/a/{secret}/come").status_code == 303
        assert len(queries.queues(world.kochi, by=SYSTEM, now=NOW)) == 1

    def test_is_for_its_day(self, stranger, world):
        later = secret_of(world.asked)

        assert "I come" not in words(stranger.get(f"/a/{later}"))
        refused = stranger.post(f"/a/{later}/come")
        assert refused.status_code == 422
        assert "ask at the desk" in words(refused)


class TestCancelling:
    def test_asks_for_the_end_of_the_phone_and_is_told_twice_kindly(
        self, stranger, world, secret
    ):
        asked = stranger.get(f"/a/{secret}/cancel")
        assert state(world) is Status.SCHEDULED
        assert "Last four digits" in words(asked)

        wrong = stranger.post(f"/a/{secret}/cancel", digits="0000")
        assert wrong.status_code == 422
        assert 'value="0000"' in wrong.text
        assert state(world) is Status.SCHEDULED

        for _ in range(2):
            right = stranger.post(f"/a/{secret}/cancel", digits=DIGITS)
            assert "Your visit is cancelled" in words(stranger.get(right.location))
        assert state(world) is Status.CANCELLED

    def test_compares_no_sixth_try_of_an_hour(self, stranger, world, secret):
        tries = [
            stranger.post(f"/a/{secret}/cancel", digits=f"{n:04}") for n in range(5)
        ]
        assert {each.status_code for each in tries} == {422}

        right = stranger.post(f"/a/{secret}/cancel", digits=DIGITS)

        assert right.status_code == 429
        assert "Too many tries" in words(right)
        assert state(world) is Status.SCHEDULED
        # Another visit from the same wifi is not in the way.
        other = stranger.post(f"/a/{secret_of(world.timed)}/cancel", digits=DIGITS)
        assert other.status_code == 303

    def test_keeps_the_notice_that_the_hospital_wants(self, stranger, world, secret):
        rule = NewRule(
            "cancel_notice", {"minutes": 2880}, facility_id=world.kochi.public_id
        )
        booking.add_rule(rule, by=SYSTEM, now=NOW)

        late = stranger.post(f"/a/{secret}/cancel", digits=DIGITS)
        moved = _move(stranger, secret, local(11))

        for each in (late, moved):
            told = "This could be done until Sat, 28 Feb, 10:00"
            assert told in words(each)
        assert state(world) is Status.SCHEDULED

    def test_of_a_group_takes_only_ones_own_place(self, stranger, world):
        ravi = make.patient("Ravi", "9847099999")
        told = booking.add_participant(
            world.timed.id, ravi.public_id, by=SYSTEM, now=NOW
        )
        mine, theirs = (secret_of(told, n) for n in (0, 1))

        stranger.post(f"/a/{theirs}/cancel", digits="9999")

        assert "Your visit is cancelled" in words(stranger.get(f"/a/{theirs}"))
        assert "Your visit is booked" in words(stranger.get(f"/a/{mine}"))


class TestMoving:
    def test_shows_times_and_nothing_else_and_moves_once(self, stranger, world, secret):
        page = stranger.get(f"/a/{secret}/move")
        times = re.findall(r'name="starts_at"\s+value="([^"]+)"', page.text)
        assert "Asha" not in page.text

        for _ in range(2):
            moved = stranger.post(
                f"/a/{secret}/move", digits=DIGITS, starts_at=times[1]
            )
            assert "Your visit is moved" in words(stranger.get(moved.location))
        told = bookings.appointment(world.token.id, by=SYSTEM)
        assert told.span.start.isoformat() == times[1]
        assert told.revision == world.token.revision + 1

    def test_leaves_out_no_time_that_is_free(self, stranger, world):
        who = make.patient("Asha", "+919847043210")
        order = make.timed_order(world.kochi, world.rao, world.visit, who, local(15))
        secret = secret_of(booking.book_timed(order, by=SYSTEM, now=NOW))
        page = stranger.get(f"/a/{secret}/move").text
        offered = re.findall(r'name="starts_at"\s+value="([^"]+)"', page)

        column = bookings.slots(
            world.kochi.public_id,
            world.rao.public_id,
            local(15).date(),
            by=SYSTEM,
            now=NOW,
            type_id=world.visit.public_id,
        )
        first, last = column.free[0], column.free[-1]
        there = {datetime.fromisoformat(each) for each in offered}
        long = timedelta(minutes=world.visit.minutes)
        assert first.start in there
        assert {last.start + n * long for n in range(last.length // long)} <= there
        assert local(15) not in there

    def test_offers_no_time_that_a_rule_refuses_them(self, stranger, world, secret):
        before = self._days(stranger, secret)
        # Another visit of theirs with that doctor is on the same day.
        booking.add_rule(NewRule("one_active", {}), by=SYSTEM, now=NOW)

        after = self._days(stranger, secret)

        monday = local(10).date()
        assert min(before) == monday
        assert min(after) == monday + timedelta(days=1)

    @staticmethod
    def _days(stranger, secret):
        page = stranger.get(f"/a/{secret}/move").text
        offered = re.findall(r'name="starts_at"\s+value="([^"]+)"', page)
        return {datetime.fromisoformat(each).date() for each in offered}

    def test_keeps_the_choice_when_it_is_refused(self, stranger, world, secret):
        full = local(11)
        for _ in range(4):
            make_one = make.token_order(
                world.kochi, world.rao, world.visit, make.patient(), full
            )
            booking.book_token(make_one, by=SYSTEM, now=NOW)

        refused = _move(stranger, secret, full)
        unsaid = stranger.post(f"/a/{secret}/move", digits=DIGITS)

        assert refused.status_code == 409
        assert "That time has just gone" in words(refused)
        assert f'value="{DIGITS}"' in refused.text
        assert "Choose a time" in words(unsaid)


class TestRating:
    def test_is_asked_once_the_visit_is_done(self, stranger, secret):
        early = stranger.post(f"/a/{secret}/rate", stars="5")
        assert early.status_code == 409
        done(secret)
        assert "How was your visit?" in words(stranger.get(f"/a/{secret}"))
        none = stranger.post(f"/a/{secret}/rate", stars="9", words="Long wait")
        assert (none.status_code, "Long wait" in none.text) == (422, True)

        stranger.post(f"/a/{secret}/rate", stars="3", words="Long wait")
        stranger.post(f"/a/{secret}/rate", stars="4", words="Kind doctor")

        told = own_queries.own(secret, now=NOW).rating
        assert (told.stars, told.words) == (4, "Kind doctor")
        tomorrow = own_queries.own(secret, now=NOW + timedelta(days=1))
        assert not tomorrow.may_rate

    def test_is_read_by_staff_who_know_patients(self, stranger, meena, world, secret):
        done(secret)
        stranger.post(f"/a/{secret}/rate", stars="2", words="Cold room")

        assert "Cold room" in meena.get(f"/appointments/{world.token.id}").text
        assert own_queries.ratings(world.token.id, by=world.anu.actor) == []

    def test_its_page_is_found_from_the_desks_page_of_the_visit(
        self, meena, world, secret
    ):
        at_the_desk = meena.get(f"/appointments/{world.token.id}").text

        assert f'href="/a/{secret}"' in at_the_desk
        assert own_queries.addresses(world.token.id, by=world.anu.actor) == {}


@pytest.mark.parametrize("code", patient_words.LANGUAGES)
def test_every_page_reads_in_every_language(stranger, secret, code):
    language = patient_words.LANGUAGES[code]
    told = language.words
    for path, said in (
        ("", "is_scheduled"),
        ("/cancel", "cancel_title"),
        ("/move", "move_title"),
        ("/rate", "rate_title"),
    ):
        page = stranger.get(f"/a/{secret}{path}?lang={code}")
        assert told[said] in words(page)
        assert f'dir="{language.dir}"' in page.text
        assert f"lang={code}" in page.text


def test_every_participant_has_a_secret_of_their_own(session, world):
    found = session.scalars(text("SELECT secret FROM participants")).all()

    assert len(set(found)) == len(found) > 2
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in found)


def _move(stranger, secret, to):
    sent = {"digits": DIGITS, "starts_at": to.isoformat()}
    return stranger.post(f"/a/{secret}/move", **sent)


def _bare(answer):
    """Give a page without the address it was asked by."""
    return re.sub(r'href="/a/[^"]*"', "", answer.text)


def _fields(text):
    lines = text.replace("\r\n ", "").split("\r\n")
    return dict(line.split(":", 1) for line in lines if ":" in line)
