"""Who comes, at the desk and by themselves, as browsers without JavaScript work it."""

import html
import re
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.accounts.views import EVERYWHERE
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.doors import patient_words, qr
from app.doors.brakes import limiter
from app.patients import queries as patients
from app.patients import service as patients_service
from app.patients.views import NewPatient
from app.queues import queries, service
from app.queues.views import Coming, NewPolicy
from tests import factories as make
from tests.doors import people, strict
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

_CHOICE = re.compile(r'name="choice"\s+value="([^"]+)"\s+checked')


@pytest.fixture(autouse=True)
def fresh_brake(app):
    limiter.reset()


@pytest.fixture
def stranger(app, world):
    return people.stranger(app)


def chosen(answer):
    """Give what Enter would take."""
    return _CHOICE.search(answer.text)[1]


def words(answer):
    return strict.words(strict.page(answer))


def come(meena, world, q="", **form):
    kept = {"with": "rao", "type": str(world.visit.public_id), "q": q}
    return meena.post("/arrivals/kochi", **kept | form)


def entry_of(answer):
    return answer.location.split("/slip/")[1].split("?")[0]


class TestTheDesk:
    def test_takes_the_visit_of_today_first_and_leads_to_its_slip(self, meena, world):
        found = meena.get("/arrivals/kochi?q=9847012345")
        assert chosen(found).startswith(f"visit:{world.token.id}")

        slip = meena.get(come(meena, world, choice=chosen(found)).location)

        assert "A-01" in words(slip)
        assert "Asha Nair is in the queue" in words(slip)
        paper = slip.text.split("<article")[1].split("</article>")[0]
        assert "Asha" not in paper
        assert "<svg" in paper

    def test_who_has_no_visit_walks_in_and_the_doctor_is_remembered(self, meena, world):
        make.patient("Ravi Menon", "9847099999")
        choice = chosen(meena.get("/arrivals/kochi?q=9999"))
        assert choice.startswith("walk:")

        come(meena, world, choice=choice)

        again = meena.get("/arrivals/kochi?q=Unknown").text
        assert '<option value="rao" selected' in again

    def test_somebody_unknown_walks_in_without_a_name(self, meena, world):
        answer = come(meena, world, choice="new")

        assert "Unknown is in the queue" in words(meena.get(answer.location))

    def test_the_next_unknown_is_not_taken_for_the_one_before(self, meena, world):
        first = come(meena, world, choice="new")
        start = meena.get("/arrivals/kochi?with=rao").text
        way = re.search(r'href="([^"]+)">An unknown person', start)

        page = meena.get(html.unescape(way[1]))
        second = come(meena, world, choice=chosen(page))

        assert chosen(page) == "new"
        assert entry_of(first) != entry_of(second)

    def test_whose_queue_one_comes_from_is_kept_while_they_are_looked_for(self, meena):
        page = meena.get("/arrivals/kochi?with=rao")

        assert '<input type="hidden" name="with" value="rao">' in page.text
        assert "choice=new&amp;with=rao" in page.text

    def test_a_second_click_lets_nobody_in_twice(self, meena, world):
        form = {"choice": "new", "new_name": "Diya", "once": "form-one-of-one"}

        first, second = (entry_of(come(meena, world, **form)) for _ in range(2))

        assert first == second
        assert len(_named("Diya")) == 1

    def test_what_is_refused_is_kept_and_the_field_named(self, meena, world):
        answer = come(meena, world, choice="new", new_name="Diya", new_born="soon")

        assert answer.status_code == 422
        assert 'value="Diya"' in answer.text
        assert 'aria-describedby="f-new_born-why"' in answer.text

    def test_beyond_the_share_a_reason_is_asked_by_name(self, meena, world):
        policy = NewPolicy(world.kochi.public_id, walk_ins="share", share=0)
        service.save_policy(policy, by=SYSTEM, now=NOW)

        answer = come(meena, world, choice="new", override="")

        assert answer.status_code == 409
        assert "f-override" in answer.text

    def test_checks_in_from_a_list_and_twice_is_once(self, meena, world):
        where = f"/arrivals/at/{world.token.id}"
        assert where in meena.get("/calendar/kochi/print?with=rao&day=2026-03-02").text

        first = meena.post(where, how="list")
        second = meena.post(where, how="list")

        assert entry_of(first) == entry_of(second)

    def test_each_of_a_group_has_a_line(self, meena, world):
        other = make.patient("Diya")
        booking.add_participant(world.timed.id, other.public_id, by=SYSTEM, now=NOW)
        page = f"/appointments/{world.timed.id}"
        shown = meena.get(page).text
        # Each alone, and all at once.
        assert shown.count("/arrivals/at/") == 3
        assert "Check all 2 in" in shown

        meena.post(f"/arrivals/at/{world.timed.id}", patient=str(other.public_id))

        shown = meena.get(page).text
        assert shown.count("/arrivals/at/") == 1
        # One of the queue, and one to take along of who has not come.
        assert shown.count("/slip/") == 2
        assert shown.count("/slip/booked/") == 1

    def test_who_checked_in_from_afar_is_here_once_seen(self, meena, world):
        (entry,) = service.check_in(
            world.token.id, by=SYSTEM, now=NOW, coming=Coming(remote=True)
        )
        found = meena.get(f"/arrivals/kochi?q={world.token.reference}")

        come(meena, world, choice=chosen(found))

        assert queries.entry(entry.id, by=SYSTEM, now=NOW).present

    def test_who_is_on_the_way_has_a_place_and_waits_to_be_seen(self, meena, world):
        found = meena.get("/arrivals/kochi?q=9847012345")

        slip = meena.get(come(meena, world, choice=chosen(found), act="afar").location)

        assert "only then you are called" in words(slip)

    def test_an_undo_takes_the_arrival_back(self, meena, world):
        entry = entry_of(meena.post(f"/arrivals/at/{world.token.id}"))

        back = meena.post(f"/slip/{entry}/undo")

        assert "/arrivals/at/" in meena.get(back.location).text


class TestTheSlip:
    def test_is_printed_once_somebody_says_so(self, meena, world):
        entry = entry_of(come(meena, world, choice="new"))
        assert "Not printed yet" in words(meena.get(f"/slip/{entry}"))

        answer = meena.post(f"/slip/{entry}/printed", copy="1")

        assert "is printed" in words(meena.get(answer.location))
        assert "Copy 2" in words(meena.get(f"/slip/{entry}?size=a5"))
        assert "paper-a5" in meena.get(f"/slip/{entry}").text

    @pytest.mark.parametrize("code", patient_words.LANGUAGES)
    def test_speaks_the_language_of_who_takes_it_along(self, meena, world, code):
        order = NewPatient(name="Ravi Menon", phone="9847099999", language=code)
        patients_service.register(order, by=SYSTEM, now=NOW, scope=EVERYWHERE)
        choice = chosen(meena.get("/arrivals/kochi?q=9999"))
        language = patient_words.LANGUAGES[code]

        slip = meena.get(come(meena, world, choice=choice).location)

        paper = slip.text.split("<article")[1].split("</article>")[0]
        assert f'lang="{code}"' in paper
        assert f'dir="{language.dir}"' in paper
        for each in ("token", "slip_next", "slip_scan", "own_reference"):
            assert language.words[each] in words(slip)
        assert language.short_day(NOW.astimezone(world.kochi.zone).date()) in words(
            slip
        )

    def test_its_code_opens_a_page_without_names_that_no_cache_keeps(
        self, meena, stranger, world
    ):
        entry = entry_of(meena.post(f"/arrivals/at/{world.token.id}"))
        secret = queries.slip(entry, by=SYSTEM, now=NOW).secret

        status = stranger.get(f"/a/{secret}")

        assert "Your token A-01" in words(status)
        assert "Asha" not in status.text
        assert status.headers["Cache-Control"] == "no-store"
        assert status.headers["Referrer-Policy"] == "no-referrer"
        unknown = stranger.get(f"/a/{secret}x")
        assert (unknown.status_code, unknown.headers["Referrer-Policy"]) == (
            404,
            "no-referrer",
        )


class TestTheWait:
    """As a range: how many minutes, and between when and when they come in."""

    @pytest.fixture
    def second(self, meena, world):
        """Let two come, and give the entry of the one who waits for the other."""
        come(meena, world, choice="new")
        return entry_of(come(meena, world, choice="new", new_name="Diya"))

    @pytest.fixture
    def likely(self, second):
        """Give what the queue says of their wait, in whole minutes and on the clock."""
        wait = queries.entry(second, by=SYSTEM, now=NOW).wait
        minutes = wait.low_s // 60, -(-wait.high_s // 60)
        assert 0 < minutes[0] < minutes[1]
        starts = (NOW + timedelta(seconds=each) for each in (wait.low_s, wait.high_s))
        zone = ZoneInfo("Asia/Kolkata")
        return *minutes, *(f"{each.astimezone(zone):%H:%M}" for each in starts)

    def test_stands_on_the_slip(self, meena, second, likely):
        slip = meena.get(f"/slip/{second}")

        paper = slip.text.split("<article")[1].split("</article>")[0]
        least, most, first, last = likely
        assert "1 person before you" in paper
        assert f"About {least} to {most} minutes" in paper
        assert f"between {first} and {last}" in paper.lower()

    def test_stands_on_the_page_that_the_slip_opens(self, stranger, second, likely):
        secret = queries.slip(second, by=SYSTEM, now=NOW).secret

        status = words(stranger.get(f"/a/{secret}"))

        least, most, first, last = likely
        assert f"{least} to {most}" in status
        assert f"between {first} and {last}" in status.lower()

    def test_is_said_of_nobody_who_is_called(self, meena, second):
        service.call(UUID(second), by=SYSTEM, now=NOW)

        slip = meena.get(f"/slip/{second}").text

        assert "minutes" not in slip.split("<article")[1].split("</article>")[0]


class TestTheSlipOfWhoIsBooked:
    def test_has_their_number_their_time_and_the_way_to_their_page(
        self, meena, stranger, world
    ):
        visit = meena.get(f"/appointments/{world.token.id}").text
        way = re.search(r'href="(/slip/booked/[^"]+)"', visit)[1]

        slip = meena.get(way)

        paper = slip.text.split("<article")[1].split("</article>")[0]
        assert "A-01" in paper
        assert "10:00" in paper
        assert "Asha" not in paper
        assert "Asha Nair has not come yet" in words(slip)
        secret = queries.booked_slip(world.token.id, by=SYSTEM).secret
        assert str(qr.picture(f"http://localhost/a/{secret}")) in paper
        assert "Your token A-01" in words(stranger.get(f"/a/{secret}"))

    def test_of_a_time_says_the_time_and_the_reference(self, meena, world):
        slip = meena.get(f"/slip/booked/{world.timed.id}?size=a5")

        assert "paper-a5" in slip.text
        paper = slip.text.split("<article")[1].split("</article>")[0]
        assert world.timed.reference in paper
        assert "14:00" in paper

    def test_is_printed_once_somebody_says_so(self, meena, world):
        way = f"/slip/booked/{world.token.id}"
        assert "Not printed yet" in words(meena.get(way))

        answer = meena.post(f"{way}/printed", copy="1")

        assert "The slip came out" in words(meena.get(answer.location))
        assert "Printed once" in words(meena.get(way))
        assert "Copy 2" in words(meena.get(way))

    def test_of_a_group_each_has_their_own(self, meena, world):
        diya = make.patient("Diya")
        booking.add_participant(world.timed.id, diya.public_id, by=SYSTEM, now=NOW)
        way = f"/slip/booked/{world.timed.id}"

        slip = meena.get(way)
        other = html.unescape(re.search(rf'href="({way}[^"]+)">Diya', slip.text)[1])
        meena.post(f"{way}/printed", copy="1", patient=str(diya.public_id))

        assert "Asha Nair has not come yet" in words(slip)
        assert "Not printed yet" in words(meena.get(way))
        shown = words(meena.get(other))
        assert "Diya has not come yet" in shown
        assert "Printed once" in shown

    def test_leads_to_that_of_the_queue_once_they_have_come(self, meena, world):
        entry = entry_of(meena.post(f"/arrivals/at/{world.token.id}"))
        patient = str(world.asha.public_id)

        late = meena.get(f"/slip/booked/{world.token.id}?patient={patient}")

        assert late.location == f"/slip/{entry}"
        visit = meena.get(f"/appointments/{world.token.id}").text
        assert "/slip/booked/" not in visit

    def test_of_what_is_cancelled_there_is_none(self, meena, world):
        booking.cancel(world.timed.id, "ill", by=SYSTEM, now=NOW)

        assert meena.get(f"/slip/booked/{world.timed.id}").status_code == 404


class TestTheEntrance:
    def test_its_sign_marks_as_here_and_an_address_alone_does_not(
        self, meena, stranger, world
    ):
        sign = re.search(r'href="[^"]*(/arrive/kochi\?here=[^"]+)"', _sign(meena))[1]
        here = sign.split("here=")[1]
        reference = {"reference": world.token.reference}

        afar = stranger.post("/arrive/kochi", here="forged", **reference)
        assert "Not marked as here yet" in words(stranger.get(afar.location))

        near = stranger.post("/arrive/kochi", here=here, **reference)
        assert near.location == afar.location
        assert "Not marked" not in words(stranger.get(near.location))

    def test_who_tries_one_year_after_another_is_braked(self, stranger, world):
        tries = [
            stranger.post("/arrive/kochi", phone="9847012345", born=str(1900 + n))
            for n in range(21)
        ]

        assert [each.status_code for each in tries] == [422] * 20 + [429]

    def test_what_fits_nobody_is_told_and_kept(self, stranger, world):
        answer = stranger.post("/arrive/kochi", phone="9847012345", born="1900")

        assert answer.status_code == 422
        assert "ask at the desk" in words(answer)
        assert 'value="9847012345"' in answer.text


class TestLanguages:
    def test_is_that_of_the_address_else_of_the_browser(self, stranger, world):
        hindi = patient_words.LANGUAGES["hi"].words
        asked = stranger.get("/arrive/kochi?lang=hi")
        reads = {"Accept-Language": "ml-IN, en;q=0.5"}

        assert '<html lang="hi"' in asked.text
        assert hindi["come"] in words(asked)
        assert 'href="/arrive/kochi?lang=ml"' in asked.text
        shown = stranger.client.get("/arrive/kochi", headers=reads)
        assert '<html lang="ml"' in shown.text
        assert "Accept-Language" in shown.headers["Vary"]

        refused = stranger.post("/arrive/kochi", lang="hi", reference="NOBODY")
        assert hindi["nobody_due"] in words(refused)
        came = stranger.post(
            "/arrive/kochi", lang="hi", reference=world.token.reference
        )
        status = stranger.get(came.location)
        assert hindi["token"] in words(status)
        assert '<html lang="hi"' in stranger.get("/a/none?lang=hi").text


def _sign(meena):
    return meena.get("/arrivals/kochi/sign").text


def _named(name):
    return patients.search(name, by=SYSTEM, scope=EVERYWHERE)
