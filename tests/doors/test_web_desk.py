"""Months, columns, day lists, keys, approvals and the poll of the calendar."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.booking import service as booking
from app.booking.rules import OF_DAY
from app.booking.setting import NewRule
from app.booking.states import Status
from app.booking.views import NewPlace
from app.core.actor import SYSTEM
from app.doors import rule_words
from app.web.keys import KEYS
from tests import factories as make
from tests.doors import people, strict
from tests.doors.statements import statements
from tests.doors.world import JUNE, NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, world.admin)


def poll_of(response):
    """Give the address that a calendar asks for what changed."""
    page = strict.page(response)
    return next(e.get("hx-get") for e in page.iter() if e.get("id") == "calendar")


class TestTheMonth:
    def test_says_how_full_each_day_is_in_words(self, meena):
        page = strict.page(meena.get("/calendar/kochi?view=month"))

        words = strict.words(page)
        assert "March 2026, all 1 together" in words
        assert "2 Mon 2 Mar" in words
        assert "15 tokens left" in words
        assert "3 h 30 min open" in words
        assert "% full" in words

    def test_says_which_rule_keeps_a_day_from_being_booked(self, meena):
        booking.add_rule(NewRule("horizon", {"days": 8}), by=SYSTEM, now=NOW)

        page = strict.page(meena.get("/calendar/kochi?view=month"))

        cells = [e for e in page.iter() if e.get("class") == "month-day"]
        told = {e.findtext("b"): strict.words(e) for e in cells}
        assert "% full" in told["9"]
        assert "too early to book" in told["16"]
        drawn = [
            e.get("class") for e in page.iter("td") if "16" in e.findtext("a/b", "")
        ]
        assert drawn == ["h0 is-barred"]
        titles = [e.get("title") for e in page.iter() if e.get("title")]
        assert any("Booking opens 8 days ahead" in each for each in titles)

    def test_has_words_for_each_rule_that_bars_a_day(self):
        assert set(rule_words.OF_A_DAY) == OF_DAY

    def test_is_of_one_resource_too_and_steps_by_months(self, meena):
        page = strict.page(meena.get("/calendar/kochi?view=month&week=theatre-1"))

        assert "March 2026, Theatre 1" in strict.words(page)
        after = next(e for e in page.iter() if e.get("id") == "day-after")
        assert parse_qs(urlsplit(after.get("href")).query)["day"] == ["2026-04-02"]

    def test_takes_as_many_statements_for_twelve_as_for_two(self, meena, world):
        meena.get("/calendar/kochi?view=month")
        few = statements(lambda: meena.get("/calendar/kochi?view=month"))
        _add_resources(world, 11)

        many = statements(lambda: meena.get("/calendar/kochi?view=month"))

        assert many == few


class TestColumns:
    def test_are_remembered_for_the_user_wherever_they_sign_in(self, app, world, meena):
        room = make.resource(world.kochi, code="room-9", name="Room 9")
        ids = [room.public_id, world.theatre.public_id]

        answer = meena.post("/calendar/kochi/columns", column=ids)

        assert answer.headers["Location"] == "/calendar/kochi?kind=mine"
        again = people.signed_in(app, world.meena).get("/calendar/kochi")
        assert _heads(again) == ["Room 9", "Theatre 1"]
        assert "My columns" in again.text

    def test_are_the_usual_again_when_nothing_is_ticked(self, meena, world):
        meena.post("/calendar/kochi/columns", column=[world.theatre.public_id])

        meena.post("/calendar/kochi/columns", act="usual")

        assert _heads(meena.get("/calendar/kochi")) == ["Dr Vivek Rao"]

    def test_are_twelve_at_first_of_two_hundred_and_more_when_asked(self, meena, world):
        _add_resources(world, 200)

        first = meena.get("/calendar/kochi")
        more = meena.get("/calendar/kochi?show=24")

        assert len(_heads(first)) == 12
        assert "12 of 201 shown." in strict.words(strict.page(first))
        assert len(_heads(more)) == 24
        assert len(first.data) <= 120_000

    def test_chosen_elsewhere_are_not_taken_for_this_facility(self, meena):
        refused = meena.post("/calendar/kochi/columns", column=["nonsense"])

        strict.page(refused)
        assert refused.status_code == 404


class TestTheDayList:
    def test_lists_tokens_times_names_and_notes(self, meena):
        words = strict.words(strict.page(meena.get("/calendar/kochi/print")))

        assert "Dr Vivek Rao" in words
        assert "10:00–10:30 A-01 Asha Nair" in words  # noqa: RUF001 - as times.between
        assert "14:00–14:30" in words  # noqa: RUF001 - as times.between

    def test_names_no_patient_to_who_may_not_see_patients(self, app, world):
        anu = people.signed_in(app, world.anu)

        page = anu.get("/calendar/kochi/print?with=rao")

        assert "Asha Nair" not in page.text
        assert world.timed.reference in page.text

    def test_takes_as_many_statements_for_many_as_for_few(self, meena, world):
        meena.get("/calendar/kochi/print")
        few = statements(lambda: meena.get("/calendar/kochi/print"))
        _add_resources(world, 8)
        for minute in (0, 30):
            booking.book_timed(
                make.timed_order(
                    world.kochi,
                    world.rao,
                    world.visit,
                    make.patient(),
                    local(16, minute),
                ),
                by=SYSTEM,
                now=NOW,
            )

        assert statements(lambda: meena.get("/calendar/kochi/print")) == few


class TestThePoll:
    def test_of_an_unchanged_calendar_answers_nothing_in_few_statements(self, meena):
        address = poll_of(meena.get("/calendar/kochi"))

        answer = meena.get(address, htmx=True)

        assert (answer.status_code, answer.data) == (204, b"")
        # Three are the user's own look-ups, one the facility's, one counts the writes.
        assert statements(lambda: meena.get(address, htmx=True)) <= 5

    def test_shows_what_another_desk_booked(self, meena, world):
        address = poll_of(meena.get("/calendar/kochi"))
        order = make.timed_order(
            world.kochi, world.rao, world.visit, make.patient("Diya"), local(16)
        )
        booking.book_timed(order, by=SYSTEM, now=NOW)

        answer = meena.get(address, htmx=True)

        assert answer.status_code == 200
        assert "Diya" in answer.text

    def test_draws_anew_what_is_a_minute_old(self, meena, time_machine):
        address = poll_of(meena.get("/calendar/kochi"))
        time_machine.move_to(NOW + timedelta(seconds=61), tick=False)

        assert meena.get(address, htmx=True).status_code == 200

    @pytest.mark.parametrize("version", ["", "x", "99999999999-1", "-1", "1-1-1"])
    def test_with_a_version_that_is_none_shows_the_calendar(self, meena, version):
        answer = meena.get(f"/calendar/kochi?v={version}", htmx=True)

        assert answer.status_code == 200

    def test_tells_nothing_to_who_may_not_see_the_calendar(self, app, world, meena):
        address = poll_of(meena.get("/calendar/kochi"))
        ravi = people.signed_in(app, world.ravi)

        assert ravi.get(address, htmx=True).status_code == 404


def usual():
    """Give what the form of keys sends when nothing is changed."""
    return {f"key_{each.act}": each.usual for each in KEYS}


class TestKeys:
    def test_are_remapped_and_the_hints_follow(self, meena):
        meena.post("/keys/", on="1", **usual() | {"key_book": "X"})

        page = meena.get("/calendar/kochi")
        assert 'Book <kbd aria-hidden="true">X</kbd>' in " ".join(page.text.split())
        assert "&#34;x&#34;: &#34;book&#34;" in page.text

    def test_switched_off_leave_no_hint(self, meena):
        meena.post("/keys/", act="usual")

        page = meena.get("/calendar/kochi")
        assert "data-keys=" not in page.text
        assert "<kbd" not in page.text.split("<main", 1)[1]

    def test_refuse_one_key_for_two_things_and_keep_what_was_typed(self, meena):
        twice = {"key_book": "x", "key_today": "x"}

        refused = meena.post("/keys/", on="1", **usual() | twice)

        words = strict.words(strict.page(refused))
        assert refused.status_code == 422
        assert "One key cannot do two things" in words
        assert refused.text.count('value="x"') == 2


class TestApprovals:
    def test_show_who_waits_how_long(self, admin, time_machine):
        time_machine.move_to(NOW + timedelta(minutes=45), tick=False)

        page = admin.get("/approvals/")

        words = strict.words(strict.page(page))
        assert "Tara" in words
        assert "45 min" in words
        assert 'class="wait warn"' in page.text

    def test_are_counted_beside_their_name_only_for_who_decides(self, admin, meena):
        assert "1 waiting" in strict.words(strict.page(admin.get("/calendar/kochi")))
        assert " waiting<" not in meena.get("/approvals/count").text
        assert admin.get("/approvals/count?v=1").status_code == 204

    def test_approve_and_take_it_back(self, admin, world):
        done = admin.post(f"/approvals/{world.asked.id}/approve")

        told = admin.get(done.headers["Location"])
        assert "Approved, token" in strict.words(strict.page(told))
        admin.post(f"/approvals/{world.asked.id}/undo")
        assert "Tara" in admin.get("/approvals/").text

    def test_deny_only_with_a_reason(self, admin, world):
        address = f"/approvals/{world.asked.id}/deny"

        refused = admin.post(address, reason=" ")

        strict.page(refused)
        assert refused.status_code == 422
        assert admin.post(address, reason="Full").status_code == 303

    def test_offer_another_time_and_book_it_on_their_yes(self, admin, world):
        form = strict.page(admin.get(f"/approvals/{world.asked.id}/offer"))
        picks = [e.get("value") for e in form.iter() if e.get("name") == "pick"]
        assert len(picks) == 3

        admin.post(
            f"/approvals/{world.asked.id}/offer", pick=picks[0], **{"with": "rao"}
        )
        page = admin.get("/approvals/")
        assert "They say yes" in page.text
        assert " waiting<" not in admin.get("/approvals/count").text

        done = admin.post(f"/approvals/{world.asked.id}/accept")
        told = admin.get(done.headers["Location"])
        assert "Booked, token" in strict.words(strict.page(told))

    def test_a_doctor_may_offer_another_time_of_their_own(self, app, world):
        doctors = []
        for thing in (world.rao, world.theatre):
            doctor, own = make.user(None), Reach(world.kochi.id, resource_id=thing.id)
            accounts.give_role(doctor.username, Role.DOCTOR, own, by=SYSTEM, now=NOW)
            doctors.append(people.signed_in(app, doctor))

        asked = [d.get(f"/approvals/{world.asked.id}/offer") for d in doctors]

        # Who has another resource does not even learn that somebody asked.
        assert [each.status_code for each in asked] == [200, 404]

    def test_tell_when_somebody_was_faster(self, admin, world):
        booking.approve(world.asked.id, by=SYSTEM, now=NOW)

        late = admin.post(f"/approvals/{world.asked.id}/approve")

        assert late.status_code == 409
        assert "already" in strict.words(strict.page(late))

    def test_take_as_many_statements_for_many_as_for_few(self, admin, world):
        admin.get("/approvals/")
        few = statements(lambda: admin.get("/approvals/"))
        for minute in (0, 30):
            order = make.timed_order(
                world.kochi,
                world.rao,
                world.visit,
                make.patient(),
                local(16, minute),
                request=True,
            )
            booking.book_timed(order, by=SYSTEM, now=NOW)

        assert statements(lambda: admin.get("/approvals/")) == few


class TestMovingByDragOrForm:
    def test_a_drag_says_an_instant_and_how_long(self, meena, world):
        answer = meena.post(
            f"/appointments/{world.timed.id}/move",
            at="20260302T1000Z",
            minutes="45",
            revision=world.timed.revision,
            **{"with": "rao"},
        )

        moved = meena.get(answer.headers["Location"])
        assert "15:30–16:15" in moved.text  # noqa: RUF001 - as times.between

    def test_a_conflict_keeps_what_was_dropped_in_the_form(self, meena, world):
        order = make.timed_order(
            world.kochi, world.rao, world.visit, make.patient("Diya"), local(15)
        )
        booking.book_timed(order, by=SYSTEM, now=NOW)

        refused = meena.post(
            f"/appointments/{world.timed.id}/move",
            htmx=True,
            at="20260302T0930Z",
            minutes="45",
            **{"with": "rao"},
        )

        assert refused.status_code == 409
        assert "Diya has Dr Vivek Rao" in strict.words(strict.piece(refused))
        assert 'value="15:00"' in refused.text
        assert 'value="45"' in refused.text
        assert 'name="pick"' in refused.text

    def test_only_what_is_movable_can_be_dragged(self, app, meena, world):
        anu = people.signed_in(app, world.anu)

        assert 'data-move="' in meena.get("/calendar/kochi").text
        assert 'data-move="' not in anu.get("/calendar/kochi").text
        arrived = booking.attend(world.timed.id, Status.CHECKED_IN, by=SYSTEM, now=NOW)
        assert arrived.status is Status.CHECKED_IN
        assert 'data-move="' not in meena.get("/calendar/kochi").text

    def test_a_place_offered_is_left_by_moving_it(self, meena, world):
        to = NewPlace(local(11, 30, JUNE))
        booking.offer_place(world.asked.id, to, by=SYSTEM, now=NOW)
        meena.post(
            f"/appointments/{world.asked.id}/move",
            day=JUNE.isoformat(),
            time="10:30",
            **{"with": "rao"},
        )

        assert meena.post(f"/approvals/{world.asked.id}/accept").status_code == 409


def _heads(response):
    """Give the names over the columns."""
    page = strict.page(response)
    return [e[0].text for e in page.iter("h2") if e.get("id", "")[:1] == "c"]


def _add_resources(world, count):
    for number in range(count):
        who = make.resource(
            world.kochi, code=f"dr-{number}", department_id=world.medicine.id
        )
        make.hours(
            world.kochi, who, make.opd(minutes=20), make.open_time(make.time(14))
        )
