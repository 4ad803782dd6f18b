"""The desk's waitlist: who waits, in which order, what is held, and one more."""

import re
from datetime import time, timedelta

import pytest

from app.accounts.permissions import Role
from app.booking import service as booking
from app.core.actor import SYSTEM
from tests import factories as make
from tests.doors import people, strict
from tests.doors.statements import statements
from tests.doors.waiters import LIST, listed, wait
from tests.doors.world import MONDAY, NOW, local, stamp

pytestmark = pytest.mark.time_machine(NOW, tick=False)


def form(world, **more):
    """Give the fields of the form, filled in."""
    return {
        "patient": str(world.asha.public_id),
        "type": str(world.visit.public_id),
        "with": "rao",
        "first": MONDAY.isoformat(),
        "last": MONDAY.isoformat(),
        "on": ["0", "2"],
        "earliest": "9",
        "latest": "12:30",
        "rank": "5",
        "note": "Comes by bus",
        "act": "join",
    } | more


def ranked(answer):
    """Give the names on the page, from the first in rank to the last."""
    table = strict.page(answer).iter("tr")
    return [strict.words(row.find("th/a")) for row in table if row.get("id")]


class TestJoining:
    def test_the_desk_lets_somebody_wait_and_sees_their_rank_and_age(
        self, meena, world, time_machine
    ):
        wait(world, "Tara", priority=3)
        wait(world, "Diya")
        joined = meena.post(f"{LIST}/new", **form(world, earliest="9:00"))
        time_machine.move_to(NOW + timedelta(hours=2, minutes=5), tick=False)

        page = meena.get(joined.headers["Location"])

        words = strict.words(strict.page(page))
        assert ranked(page) == ["Asha Nair", "Tara", "Diya"]
        assert "On the waitlist. They are told" in words
        assert "Dr Vivek Rao Comes by bus" in words
        assert "Mon, Wed, 09:00\N{EN DASH}12:30 2 h 05 min Before others" in words
        assert "Priority 3" in words

    def test_what_is_typed_is_what_they_wait_for(self, meena, world):
        part = f"in:{world.medicine.public_id}"

        meena.post(f"{LIST}/new", **form(world, earliest="0900", **{"with": part}))

        (told,) = listed(world)
        assert (told.resource_id, told.department_id) == (
            None,
            world.medicine.public_id,
        )
        assert (told.weekdays, told.priority) == ((0, 2), 5)
        assert f"{told.earliest:%H:%M}-{told.latest:%H:%M}" == "09:00-12:30"

    @pytest.mark.parametrize(
        ("field", "value", "says"),
        [
            ("on", [], "Weekdays go from"),
            ("last", "2020-01-01", "before"),
            ("first", "", "f-first"),
            ("last", "someday", "f-last"),
            ("earliest", "25:00", "Give a time"),
            ("latest", "08:00", "before"),
            ("patient", "", "f-patient"),
            ("rank", "7", "f-rank"),
            ("with", "nobody", "There is no such doctor"),
        ],
    )
    def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(
        self, meena, world, field, value, says
    ):
        typed = form(world, earliest="09:00") | {field: value}

        answer = meena.post(f"{LIST}/new", **typed)

        strict.page(answer)
        assert answer.status_code in {404, 422}
        assert says in answer.text
        assert f'href="#f-{field}"' in answer.text
        assert 'value="Comes by bus"' in answer.text
        assert listed(world) == []

    def test_somebody_new_is_registered_on_the_way(self, meena, world):
        new = {"new_name": "Diya", "new_phone": "9847054321", "act": "register"}

        page = meena.post(f"{LIST}/new", **form(world, patient="", **new))

        chosen = re.search(r'name="patient"\s+value="([^"]+)"\s+checked', page.text)
        meena.post(f"{LIST}/new", **form(world, patient=chosen[1], earliest="09:00"))
        assert [each.patient.name for each in listed(world)] == ["Diya"]

    def test_who_may_be_somebody_known_is_asked_about_first(self, meena, world):
        new = {"new_name": "Asha Nair", "new_phone": "9847012345", "act": "register"}

        page = meena.post(f"{LIST}/new", **form(world, patient="", **new))

        assert page.status_code == 409
        assert "Perhaps registered already" in page.text

    def test_who_opens_the_form_for_no_day_waits_for_two_weeks(self, meena, world):
        page = meena.get(f"{LIST}/new").text

        assert 'value="2026-03-02"' in page
        assert 'value="2026-03-15"' in page
        assert len(re.findall(r'name="on"\s+value="\d"\s+checked', page)) == 7


class TestWaysThere:
    def test_a_full_day_at_the_booking_form_leads_there_and_carries_what_was_typed(
        self, meena, world
    ):
        typed = {
            "with": "rao",
            "day": MONDAY.isoformat(),
            "time": "14:15",
            "type": str(world.visit.public_id),
            "patient": str(world.asha.public_id),
            "note": "By wheelchair",
            "once": "one-form",
            "act": "book",
        }
        refused = meena.post("/booking/kochi", **typed)

        way = re.search(r'href="(/waitlist/kochi/new[^"]+)"', refused.text)
        page = meena.get(way[1].replace("&amp;", "&"))

        strict.page(page)
        assert page.text.count(f'value="{MONDAY.isoformat()}"') == 2
        assert 'value="By wheelchair"' in page.text
        assert re.search(r'value="rao"\s+selected', page.text)
        assert re.search(rf'value="{world.asha.public_id}"\s+checked', page.text)

    def test_a_booking_form_that_refuses_nothing_does_not_speak_of_it(self, meena):
        assert "/waitlist/kochi/new" not in meena.get("/booking/kochi").text

    def test_a_full_slot_leads_there_and_one_with_a_token_left_does_not(
        self, meena, world
    ):
        slot = f"/slots/kochi?with=rao&at={stamp(local(10))}"
        before = meena.get(slot).text
        for number in range(3):
            who = make.patient(f"Patient {number}")
            order = make.token_order(
                world.kochi, world.rao, world.visit, who, local(10)
            )
            booking.book_token(order, by=SYSTEM, now=NOW)

        full = meena.get(slot)

        strict.page(full)
        assert "/waitlist/kochi/new?with=rao" in full.text
        assert "/waitlist/kochi/new" not in before

    def test_a_patients_page_leads_there_and_tells_how_they_wait(self, meena, world):
        wait(world, patient_id=world.asha.public_id, resource_id=world.rao.public_id)

        page = meena.get(f"/patients/kochi/{world.asha.public_id}")

        words = strict.words(strict.page(page))
        assert f"{LIST}/new?patient={world.asha.public_id}" in page.text
        assert f"{world.visit.name}, Dr Vivek Rao waits 0 min" in words

    def test_who_may_not_see_patients_is_not_led_there(self, app, world):
        anu = people.signed_in(app, world.anu)

        page = anu.get("/calendar/kochi")

        assert page.status_code == 200
        assert LIST not in page.text


class TestList:
    def test_of_a_doctor_is_whom_their_places_would_be_offered_to(self, meena, world):
        other = make.resource(world.kochi, code="other", name="Dr Other")
        wait(world, "Doctor", resource_id=world.rao.public_id)
        wait(world, "Department", department_id=world.medicine.public_id)
        wait(world, "Anybody")
        wait(world, "Other", resource_id=other.public_id)

        theirs = ranked(meena.get(f"{LIST}?with=rao"))
        others = ranked(meena.get(f"{LIST}?with=other"))
        part = ranked(meena.get(f"{LIST}?with=in:{world.medicine.public_id}"))

        assert theirs == part == ["Doctor", "Department", "Anybody"]
        assert others == ["Anybody", "Other"]

    def test_of_a_type_is_who_comes_for_that(self, meena, world):
        wait(world, "Visit")
        wait(world, "Scan", type_id=make.kind().public_id)

        found = ranked(meena.get(f"{LIST}?type={world.visit.public_id}"))

        assert found == ["Visit"]

    def test_of_nobody_there_is_no_list(self, meena):
        assert meena.get(f"{LIST}?with=nobody").status_code == 404

    def test_an_empty_one_says_so(self, meena):
        words = strict.words(strict.page(meena.get(LIST)))

        assert "Nobody waits for a place" in words
        assert "Offer what is free" not in words

    def test_asks_no_more_of_the_database_for_many(self, meena, world):
        for name in ("One", "Two"):
            wait(world, name, resource_id=world.rao.public_id)
        booking.offer_freed(by=SYSTEM, now=NOW)
        meena.get(LIST)
        few = statements(lambda: meena.get(LIST))
        for number in range(6):
            wait(world, f"Later {number}", resource_id=world.rao.public_id)
        booking.offer_freed(by=SYSTEM, now=NOW)

        assert statements(lambda: meena.get(LIST)) == few

    def test_who_waits_no_longer_is_taken_off(self, meena, world):
        entry = wait(world)

        gone = meena.post(f"{LIST}/{entry.id}/leave")

        assert "Taken off" in meena.get(gone.headers["Location"]).text
        assert listed(world) == []


class TestOffers:
    @pytest.fixture
    def held(self, meena, world):
        """Offer by hand what is free to two who wait for the same."""
        fields = {"resource_id": world.rao.public_id}
        for name in ("Tara", "Diya"):
            wait(world, name, earliest=time(14), **fields)
        return meena.post(f"{LIST}/offer")

    def test_by_hand_hold_what_is_free_and_say_until_when(self, meena, world, held):
        page = meena.get(held.headers["Location"])

        words = strict.words(strict.page(page))
        first = listed(world)[0]
        assert "What is free is held for who comes first" in words
        assert first.offer.expires_at == NOW + timedelta(minutes=30)
        assert "until" in words
        assert "They say yes : Tara" in words

    def test_by_hand_say_when_nothing_is_free(self, meena, world, held):
        again = meena.post(f"{LIST}/offer")

        assert "Nothing that fits is free" in meena.get(again.headers["Location"]).text

    def test_a_yes_books_and_leads_to_the_ticket(self, meena, world, held):
        first = listed(world)[0]

        yes = meena.post(f"{LIST}/offers/{first.offer.id}/accept")

        page = meena.get(yes.headers["Location"])
        assert "Booked" in page.text
        assert "Tara" in page.text
        assert [each.patient.name for each in listed(world)] == ["Diya"]

    def test_a_no_lets_them_wait_on(self, meena, world, held):
        first = listed(world)[0]

        meena.post(f"{LIST}/offers/{first.offer.id}/decline")

        assert {e.patient.name: bool(e.offer) for e in listed(world)}["Tara"] is False

    def test_a_yes_that_comes_too_late_is_told_on_the_list(
        self, meena, world, held, time_machine
    ):
        first = listed(world)[0]
        time_machine.move_to(NOW + timedelta(minutes=31), tick=False)

        late = meena.post(f"{LIST}/offers/{first.offer.id}/accept")

        strict.page(late)
        assert late.status_code == 409
        assert "Tara" in late.text

    def test_are_those_of_the_facility_alone(self, app, world):
        """Who has the desk of one house offers nothing of another's."""
        wait(world, resource_id=world.rao.public_id)
        leeds = people.signed_in(app, make.user(Role.RECEPTION, world.leeds))

        refused = leeds.post(f"{LIST}/offer")
        booking.offer_freed(world.leeds.public_id, by=SYSTEM, now=NOW)

        assert refused.status_code == 404
        assert [each.offer for each in listed(world)] == [None]
