"""Patients book for themselves, with a browser that knows no JavaScript."""

import re
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine

from app.accounts import outbox_queries
from app.accounts.views import EVERYWHERE
from app.booking import queries
from app.booking import service as booking
from app.booking.setting import NewRule
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.core.db import db
from app.directory import queries as directory
from app.directory import service as places
from app.directory.models import Facility
from app.doors import booking_words
from app.doors.brakes import limiter
from app.patients import queries as patients
from app.public import booking_proof
from app.public.phone_proof import ByCode
from tests import factories as make
from tests.doors import people
from tests.doors.online import (
    BOOK,
    PHONE,
    WHO,
    Proved,
    answer,
    bookings,
    chosen,
    confirm,
    form_of,
    keep,
    token,
    words,
)
from tests.doors.visits import secret_of
from tests.doors.world import NOW
from tests.factories import MONDAY, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def hospital(app, world):
    """Let patients book Dr Rao for one kind of visit; their phone is proved."""
    reason = make.kind(minutes=30)
    shown = places.show_online(
        world.kochi, world.rao.public_id, public=True, by=SYSTEM, now=NOW
    )
    booking_proof.use(app, Proved(PHONE))
    yield SimpleNamespace(
        world=world,
        reason=reason,
        rao=shown,
        monday=f"{BOOK}/with/rao/{reason.code}/{MONDAY}",
    )
    booking_proof.use(app, Proved())


@pytest.fixture
def patient(app, hospital):
    return people.stranger(app)


@contextmanager
def later(minutes):
    with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
        yield


class TestTheWay:
    def test_leads_from_doctor_to_token_by_one_question_a_page(
        self, app, patient, hospital
    ):
        assert "Dr Vivek Rao" in words(patient.get(BOOK))
        assert patient.get(f"{BOOK}/with/rao").location.endswith(hospital.reason.code)
        days = patient.get(f"{BOOK}/with/rao/{hospital.reason.code}")
        assert "Mon, 2 Mar" in words(days)
        times = words(patient.get(hospital.monday))
        assert "Morning" in times
        assert "Afternoon" in times
        assert "3 left" in times
        tokens = sum(map(int, re.findall(r"(\d+) left", times)))
        exact = len(re.findall(r"\d+ minutes", times))
        assert exact
        assert f"Mon, 2 Mar {tokens + exact} left" in words(days)

        page = answer(patient, hospital, token(10))
        assert "10:00 is kept for you until 08:40" in words(page)
        done = patient.get(confirm(patient, page).location)

        (made,) = bookings(hospital)
        assert "A-02" in words(done)
        assert made.reference in words(done)
        assert "data-print" in done.text
        secret = secret_of(queries.appointment(made.public_id, by=SYSTEM))
        assert f'href="http://localhost/a/{secret}"' in done.text
        assert made.reference in words(people.stranger(app).get(f"/a/{secret}"))
        assert made.booked_by.startswith("patient:")
        calendar = patient.get(f"{BOOK}/visit.ics")
        assert "DTSTART:20260302T043000Z" in calendar.text
        assert "Devi" not in calendar.text

    def test_books_an_exact_time_in_the_afternoon(self, patient, hospital):
        at = f"timed@{local(15).isoformat()}"

        done = confirm(patient, answer(patient, hospital, at))

        (made,) = bookings(hospital)
        assert made.during.start == local(15)
        assert "token number when you check in" in words(patient.get(done.location))

    @pytest.mark.parametrize("lang", booking_words.LANGUAGES)
    def test_is_whole_in_each_language(self, patient, hospital, lang):
        told = patient.get(f"{BOOK}?lang={lang}")
        page = answer(patient, hospital, token(10))

        words_ = booking_words.LANGUAGES[lang].words
        assert words_.keys() == booking_words.LANGUAGES["en"].words.keys()
        assert words_["book"] in words(told)
        assert words_["check"] in words(page)

    def test_ends_as_asked_for_where_somebody_must_approve(self, patient, hospital):
        places.change_type(
            hospital.reason.public_id,
            places.TypeChange(
                hospital.reason.code,
                hospital.reason.name,
                hospital.reason.category,
                30,
                needs_approval=True,
            ),
            by=SYSTEM,
            now=NOW,
        )
        page = answer(patient, hospital, token(10))
        assert "Ask for this visit" in words(page)

        done = patient.get(confirm(patient, page).location)

        assert "Your visit is asked for" in words(done)
        assert len(bookings(hospital, Status.REQUESTED)) == 1

    def test_finds_who_came_before_and_nobody_by_phone_alone(self, patient, hospital):
        known = make.patient("Devi Pillai", PHONE)
        make.patient("Manu Pillai", PHONE)

        confirm(patient, answer(patient, hospital, token(10), name="devi pillai"))
        confirm(patient, answer(patient, hospital, token(11), name="Anu Pillai"))

        found = patients.search(PHONE, by=SYSTEM, scope=EVERYWHERE)
        assert sorted(each.name for each in found) == [
            "Anu Pillai",
            "Devi Pillai",
            "Manu Pillai",
        ]
        assert known.public_id in {each.public_id for each in found}


class TestOnlyWhatIsMarked:
    def test_public_is_shown(self, patient, hospital, world):
        places.show_online(
            world.kochi, world.rao.public_id, public=False, by=SYSTEM, now=NOW
        )

        assert "Nothing can be booked online" in words(patient.get(BOOK))
        for address in (f"{BOOK}/with/rao", hospital.monday):
            assert patient.get(address).status_code == 404
        assert keep(patient, hospital, token(10)).status_code == 404

    def test_is_switched_beside_the_hours(self, doctor, patient, hospital, world):
        doctor.post("/schedules/kochi/of/rao/online", public="0")

        assert not directory.resources(world.kochi, by=SYSTEM)[0].public
        assert "Only staff book" in words(doctor.get("/schedules/kochi/of/rao"))


class TestAHold:
    def test_is_one_for_a_browser_whichever_it_chose_last(self, patient, hospital):
        keep(patient, hospital, token(10))
        keep(patient, hospital, token(11))

        (held,) = bookings(hospital, Status.HELD)
        assert held.during.start == local(11)

    def test_is_one_for_a_double_click_and_comes_back_when_chosen_again(
        self, patient, hospital
    ):
        def choose(at, visitor=patient):
            visitor.post(hospital.monday, at=token(at), once="one-page")
            (held,) = bookings(hospital, Status.HELD)
            return held

        first = choose(10)
        assert choose(10, patient.again()).public_id == first.public_id
        assert choose(11).public_id != first.public_id
        assert choose(10).during.start == local(10)
        assert "10:00 is kept for you" in words(patient.get(f"{BOOK}/who"))

    def test_that_ran_out_takes_the_place_again_if_it_is_free(self, patient, hospital):
        page = answer(patient, hospital, token(10))

        with later(30):
            confirm(patient, page)

        assert len(bookings(hospital)) == 1

    def test_that_is_lost_says_so_and_offers_the_nearest(self, patient, hospital):
        page = answer(patient, hospital, token(10))

        with later(30):
            for _ in range(3):
                order = make.token_order(
                    hospital.world.kochi,
                    hospital.rao,
                    hospital.reason,
                    make.patient(),
                    local(10),
                )
                booking.book_token(order, by=SYSTEM, now=NOW + timedelta(minutes=30))
            lost = confirm(patient, page)

        assert lost.status_code == 409
        assert "somebody else has taken it" in words(lost)
        assert "Mon, 2 Mar, 10:30" in words(lost)
        assert not bookings(hospital)

    def test_is_braked_by_browser_and_never_by_address(self, app, patient, hospital):
        limiter.reset()
        for each in range(20):
            keep(patient, hospital, token(10 + each % 2))
        keep(patient, hospital, token(11, 30))
        assert "not kept for you yet" in words(patient.get(f"{BOOK}/who"))
        other = people.stranger(app)
        keep(other, hospital, token(11, 30))
        assert "11:30 is kept for you" in words(other.get(f"{BOOK}/who"))

    def test_beyond_the_cap_is_none_yet_the_place_can_be_booked(
        self, patient, hospital
    ):
        db.session.get(Facility, hospital.world.kochi.id).online_holds = 0
        db.session.flush()

        page = answer(patient, hospital, token(10))
        assert "not kept for you yet" in words(page)
        assert not bookings(hospital, Status.HELD)
        confirm(patient, page)

        assert len(bookings(hospital)) == 1


class TestTwice:
    def test_a_double_click_and_a_replay_book_once(self, patient, hospital):
        page = answer(patient, hospital, token(10))
        other = patient.again()

        first, second = confirm(patient, page), confirm(other, page)
        replayed = confirm(patient, page)

        assert {first.location, second.location, replayed.location} == {f"{BOOK}/done"}
        assert len(bookings(hospital)) == 1

    def test_another_tab_is_told_before_anything_is_booked(self, patient, hospital):
        page = answer(patient, hospital, token(10))
        keep(patient, hospital, token(11))

        told = confirm(patient, page)

        assert told.status_code == 409
        assert "in another window" in words(told)
        assert not bookings(hospital)

    def test_another_tab_is_told_before_who_comes_is_taken_down(
        self, patient, hospital
    ):
        keep(patient, hospital, token(10))
        form = patient.get(f"{BOOK}/who")
        keep(patient, hospital, token(11))
        told = patient.post(f"{BOOK}/who", chosen=chosen(form), **WHO)

        assert told.status_code == 409
        assert "in another window" in words(told)
        assert "11:00 is kept for you" in words(told)
        assert f'value="{WHO["name"]}"' in told.text

    def test_going_back_after_it_is_booked_books_nothing_more(self, patient, hospital):
        confirm(patient, answer(patient, hospital, token(10)))

        assert "Nothing is chosen yet" in words(patient.get(f"{BOOK}/who"))
        assert "Nothing is chosen yet" in words(patient.get(f"{BOOK}/check"))


class TestThePhone:
    def test_is_proved_before_anything_can_be_booked(self, app, patient, hospital):
        booking_proof.use(app, Proved())

        page = answer(patient, hospital, token(10))
        sent = patient.post(f"{BOOK}/check", chosen="whatever")

        assert page.location == sent.location == f"/prove?next={BOOK}/check"
        assert not bookings(hospital)

    def test_by_the_code_that_was_sent_there(self, app, patient, hospital):
        booking_proof.use(app, ByCode())

        asked = answer(patient, hospital, token(10))
        page = patient.get(asked.location)
        assert f'value="{PHONE}"' in page.text
        sent = patient.post(form_of(page), phone=PHONE)
        code = outbox_queries.codes(now=NOW)[0].code
        back = patient.post(form_of(patient.get(sent.location)), code=code)

        assert back.location == f"{BOOK}/check"
        check = patient.get(back.location)
        assert "Mobile phone 98470 55555" in words(check)
        assert confirm(patient, check).location == f"{BOOK}/done"
        assert len(bookings(hospital)) == 1

    def test_that_cannot_be_proved_here_is_told_with_whom_to_call(
        self, app, patient, hospital
    ):
        booking_proof.use(app, None)

        assert "cannot be confirmed online" in words(
            answer(patient, hospital, token(10))
        )


class TestWhatIsTyped:
    @pytest.mark.parametrize(
        ("field", "value", "told"),
        [
            ("name", "", "Type the name"),
            ("born", "old", "Type an age"),
            ("born", "1700", "Type an age"),
            ("sex", "x", "Choose one"),
            ("phone", "123", "cannot be a phone number"),
        ],
    )
    def test_wrongly_is_told_and_the_rest_is_kept(
        self, patient, hospital, field, value, told
    ):
        keep(patient, hospital, token(10))

        answered = patient.post(f"{BOOK}/who", **(WHO | {field: value}))

        assert answered.status_code == 422
        assert told in words(answered)
        assert f'href="#f-{field}"' in answered.text
        kept = "phone" if field != "phone" else "name"
        assert f'value="{WHO[kept]}"' in answered.text

    @pytest.mark.parametrize(
        "at", ["", "token@", "x@2026-03-02T10:00+05:30", "walk_in@2026-03-02T10:00Z"]
    )
    def test_as_no_time_holds_nothing(self, patient, hospital, at):
        refused = keep(patient, hospital, at)

        assert refused.status_code == 422
        assert "Choose a time" in words(refused)

    def test_as_no_day_is_refused(self, patient, hospital):
        for day in ("yesterday", "0001-01-01", "9999-12-31"):
            address = f"{BOOK}/with/rao/{hospital.reason.code}/{day}"
            assert patient.get(address).status_code == 422

    def test_out_of_order_leads_to_the_beginning(self, patient, hospital):
        for step in ("who", "check", "done"):
            assert "Nothing is chosen yet" in words(patient.get(f"{BOOK}/{step}"))
        assert patient.get(f"{BOOK}/visit.ics").status_code == 404


def test_a_page_without_slots_says_why_and_what_next(patient, hospital):
    closed = NewRule("lead_time", {"minutes": 43_200}, hospital.world.kochi.public_id)
    booking.add_rule(closed, by=SYSTEM, now=NOW)

    told = words(patient.get(f"{BOOK}/with/rao/{hospital.reason.code}"))

    assert "This could be booked until" in told
    assert "waiting list" in told
