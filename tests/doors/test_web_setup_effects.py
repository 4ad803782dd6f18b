"""What is set by a form holds afterwards: hours, limits, levels, who keeps a place."""

from datetime import timedelta

import pytest

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.availability import queries
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.errors import DomainError, RuleError
from app.queues import queries as queues
from tests import factories as make
from tests.doors import people, strict
from tests.doors.people import hidden
from tests.doors.world import MONDAY, NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)

RAO, THEATRE = "/schedules/kochi/of/rao", "/schedules/kochi/of/theatre-1"
LEVELS, PEOPLE = "/setup/at/kochi/levels", "/setup/at/kochi/people/of"
TUESDAY = MONDAY + timedelta(days=8)


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, world.admin)


def at_month(meena, day):
    """Give what a month says of one of its days."""
    page = strict.page(meena.get("/calendar/kochi?view=month&week=rao"))
    cells = [e for e in page.iter() if e.get("class") == "month-day"]
    return next(strict.words(e) for e in cells if e.findtext("b") == str(day))


def test_a_session_for_types_takes_these_and_no_others(doctor, world):
    other = make.kind(15)
    evening = {
        "kind": "tokens",
        "days": ["1"],
        "start": "17:00",
        "end": "18:00",
        "slot": "30",
        "tokens": "6",
        "types": [str(other.public_id)],
        "first": (TUESDAY - timedelta(days=1)).isoformat(),
    }
    opened = hidden(doctor.get(f"{RAO}/draft")) | {"editing": "new"}
    doctor.post(f"{RAO}/draft", **opened, **evening, act="publish")

    new = queries.schedule(world.kochi, world.rao, by=SYSTEM)[-1]
    assert [s.type_ids for s in new.sessions if s.type_ids] == [(other.public_id,)]
    shown = strict.words(strict.page(doctor.get(f"{RAO}?version={new.id}")))
    assert other.name in shown
    start = local(17, day=TUESDAY)
    for kind, taken in ((world.visit, False), (other, True)):
        order = make.token_order(world.kochi, world.rao, kind, make.patient(), start)
        if taken:
            assert booking.book_token(order, by=SYSTEM, now=NOW).span.start == start
        else:
            with pytest.raises(DomainError):
                booking.book_token(order, by=SYSTEM, now=NOW)


def test_a_doctor_who_has_himself_alone_opens_his_hours_and_sets_a_limit(app, world):
    reach = Reach(resource_id=world.rao.id)
    user = make.user(None)
    accounts.give_role(user.username, Role.DOCTOR, reach, by=SYSTEM, now=NOW)
    doctor = people.signed_in(app, user)

    assert "Schedule of Dr Vivek Rao" in strict.words(strict.page(doctor.get(RAO)))
    for form in ("draft", "exception?what=away", "window"):
        answer = doctor.get(f"{RAO}/{form}")
        strict.page(answer)
        assert answer.status_code == 200
    made = doctor.post(f"{RAO}/window", kind="daily_limit", number="7")
    assert "At most 7 patients a day." in doctor.get(made.location).text
    assert "At most 7" not in doctor.get("/schedules/kochi/house").text
    assert doctor.get("/schedules/kochi/house").status_code == 200
    assert doctor.get(THEATRE).status_code == 404


def test_a_window_that_is_set_bars_the_days_beyond_it_in_the_listing(
    doctor, meena, world
):
    before = at_month(meena, 6)
    doctor.post(f"{RAO}/window", kind="horizon", number="3")

    assert "Booked up to 3 days ahead." in strict.words(strict.page(doctor.get(RAO)))
    assert at_month(meena, 6) != before
    assert "% full" in at_month(meena, 5)
    assert "too early to book" in at_month(meena, 6)
    for day, taken in ((3, True), (4, False)):
        start = local(15, day=MONDAY + timedelta(days=day))
        order = make.timed_order(
            world.kochi, world.rao, world.visit, make.patient(), start
        )
        if taken:
            booking.book_timed(order, by=SYSTEM, now=NOW)
        else:
            with pytest.raises(RuleError) as refused:
                booking.book_timed(order, by=world.meena.actor, now=NOW)
            assert refused.value.params["rule"] == "horizon"


def test_a_daily_limit_that_is_set_is_the_last_place_of_the_day(doctor, meena, world):
    doctor.post(f"{RAO}/window", kind="daily_limit", number="3")
    third, fourth = (
        make.timed_order(
            world.kochi, world.rao, world.visit, make.patient(), local(hour)
        )
        for hour in (15, 16)
    )

    assert "At most 3 patients a day." in strict.words(strict.page(doctor.get(RAO)))
    booking.book_timed(third, by=world.meena.actor, now=NOW)
    with pytest.raises(RuleError) as refused:
        booking.book_timed(fourth, by=world.meena.actor, now=NOW)
    assert refused.value.params["rule"] == "daily_limit"


def test_a_priority_level_is_added_used_renamed_and_put_out_of_use(admin, meena, world):
    made = admin.post(f"{LEVELS}/new", name="Ward", says="of a ward", minutes="25")
    assert made.status_code == 303
    listed = strict.words(strict.page(admin.get(LEVELS)))
    assert "Ward 25 min sooner of a ward" in listed
    level = next(e for e in queues.levels(by=SYSTEM) if e.name == "Ward")

    form = {"choice": "new", "with": "rao", "type": str(world.visit.public_id)}
    came = meena.post("/arrivals/kochi", **form, level=level.code)
    entry = queues.entry(_entry(came), by=SYSTEM, now=NOW)
    desk = strict.words(strict.page(meena.get(f"/queue/at/{entry.queue_id}")))
    assert "Ward -25 min" in desk.replace("\N{MINUS SIGN}", "-")

    admin.post(f"{LEVELS}/{level.id}", name="Old ward", says="gone", minutes="25")
    (kept,) = (e for e in queues.levels(by=SYSTEM) if e.code == level.code)
    assert (kept.name, kept.active) == ("Old ward", False)
    assert "Old ward" not in meena.get("/arrivals/kochi?q=Unknown").text


def _entry(answer):
    return answer.location.split("/slip/")[1].split("?")[0]


@pytest.mark.parametrize("role", ["location_owner", "location_manager"])
def test_who_is_made_owner_or_manager_of_a_place_keeps_its_hours(
    app, world, admin, role
):
    keeper = make.user(None)
    came = people.signed_in(app, keeper)
    limit = {"kind": "daily_limit", "number": "4"}
    assert came.post(f"{THEATRE}/window", **limit).status_code in {403, 404}
    where = f"resource:{world.theatre.public_id}"
    one = f"{PEOPLE}/{keeper.username}"
    way = admin.get(f"/setup/at/kochi/things/{world.theatre.code}").text
    assert "Owner and managers" in way

    admin.post(f"{one}/give", role=role, where=where)

    assert came.post(f"{THEATRE}/window", **limit).status_code == 303
    assert "At most 4" in strict.words(strict.page(came.get(THEATRE)))
    assert came.post(f"{RAO}/window", **limit).status_code in {403, 404}
    admin.post(f"{one}/take", role=role, where=where)
    assert came.post(f"{THEATRE}/window", **limit).status_code in {403, 404}
