"""Leave and maintenance at the staff's door: guided, looked at first, taken back."""

import re
from datetime import timedelta

import pytest

from app.availability import queries
from app.booking import cascading, ordering, remedying, service, working
from app.booking import queries as booking
from app.booking.states import Status
from app.booking.views import Absence
from app.core.actor import SYSTEM
from app.core.db import transaction
from app.core.spans import Span
from app.jobs import cascades, nudge
from tests import factories as make
from tests.doors import people, strict
from tests.doors.people import hidden
from tests.doors.statements import statements
from tests.doors.world import JUNE, MONDAY, NOW, local, stamp

pytestmark = pytest.mark.time_machine(NOW, tick=False)

DAY = MONDAY.isoformat()


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, world.admin)


def away(**more):
    asked = {"with": "rao", "when": "span", "first": DAY, "start": "14:00"}
    return asked | {"end": "15:00", "reason": "Sick", "act": "add"} | more


def let_stand(admin):
    """Look, then let the leave stand; give the page it leads to."""
    looked = admin.post("/leave/kochi/new", **away(act="look"))
    made = admin.post("/leave/kochi/new", **hidden(looked), **away())
    return made.headers["Location"]


def where(world):
    return booking.appointment(world.timed.id, by=SYSTEM).span.start


def test_leave_tells_whom_it_meets_before_it_stands(admin, world):
    looked = admin.post("/leave/kochi/new", **away(act="look"))
    blind = admin.post("/leave/kochi/new", **away())

    assert "1 visit loses its place" in strict.words(strict.page(looked))
    assert blind.status_code == 409
    assert "Look at this first" in strict.words(strict.page(blind))
    assert 'value="Sick"' in blind.text


def test_everybody_is_moved_as_chosen_and_back_again(admin, world):
    address = let_stand(admin)
    shown = admin.get(address)
    told = strict.words(strict.page(shown))
    assert "1 to decide Asha Nair" in told
    assert "Later that day" in told
    to = re.search(r'name="(to-[\w-]+)"\s+value="([\w-]+)"\s+checked', shown.text)

    applied = admin.post(f"{address}/apply", **hidden(shown), **{to[1]: to[2]})

    assert "1 moved" in strict.words(strict.page(applied))
    assert where(world) == local(15)
    admin.post(f"{address}/undo")
    assert "1 returned to where they were" in strict.words(
        strict.page(admin.get(address))
    )
    assert where(world) == local(14)


@pytest.mark.parametrize("bulk", [False, True])
def test_who_suits_no_place_waits_on_the_list_until_it_is_undone(admin, world, bulk):
    address = let_stand(admin)
    shown = admin.get(address)
    assert "Put all 1 on the rebooking list" in shown.text

    if bulk:
        listed = admin.post(f"{address}/list")
    else:
        chosen = {f"to-{world.timed.id}": "list"}
        listed = admin.post(f"{address}/apply", **hidden(shown), **chosen)

    assert "1 on the rebooking list" in strict.words(strict.page(listed))
    assert "Asha Nair" in admin.get("/rebookings/kochi").text
    admin.post(f"{address}/list")
    admin.post(f"{address}/undo")
    assert "1 returned to where they were" in strict.words(
        strict.page(admin.get(address))
    )
    assert where(world) == local(14)


def test_a_place_that_is_gone_is_told_in_its_row(admin, world):
    address = let_stand(admin)
    shown = admin.get(address)
    to = re.search(r'name="(to-[\w-]+)"\s+value="([\w-]+)"\s+checked', shown.text)
    service.cancel(world.timed.id, "Patient asked", by=SYSTEM, now=NOW)

    applied = admin.post(f"{address}/apply", **hidden(shown), **{to[1]: to[2]})

    told = strict.words(strict.page(applied))
    assert "0 moved, 1 not" in told
    assert "Asha Nair: Not possible any more." in told


def test_who_is_here_already_is_told_as_such(admin, world):
    service.attend(world.timed.id, Status.CHECKED_IN, by=SYSTEM, now=NOW)

    shown = admin.get(let_stand(admin))

    assert "They are here already" in strict.words(strict.page(shown))


@pytest.mark.parametrize(
    ("chosen", "words"),
    [({}, "Choose a place"), ({"to-nobody": "nothing"}, "Choose one")],
)
def test_nothing_chosen_is_refused(admin, chosen, words):
    address = let_stand(admin)

    answer = admin.post(f"{address}/apply", **chosen)

    assert answer.status_code == 422
    assert words in strict.words(strict.page(answer))


def test_reception_moves_them_but_takes_no_leave_back(admin, meena, world):
    address = let_stand(admin)

    shown = meena.get(address)

    assert "Do all as chosen" in shown.text
    assert "Take it all back" not in shown.text
    assert meena.post(f"{address}/undo").status_code == 403


def test_places_are_held_again(admin, world):
    address = let_stand(admin)

    answer = admin.post(f"{address}/propose")

    assert answer.headers["Location"] == address
    assert "held until" in admin.get(address).text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("with", "", "This is needed"),
        ("with", "nobody", "Choose one"),
        ("first", "soon", "Give a date"),
        ("start", "9:5", "Give a time"),
        ("end", "13:00", "end must come after"),
        ("end", "07:00", "end must come after"),
        ("reason", "a\x00b", "characters that no line"),
    ],
)
def test_leave_that_cannot_be_is_refused_at_its_field(admin, field, value, words):
    asked = away(start="16:00", end="17:00") | {field: value}

    answer = admin.post("/leave/kochi/new", **asked)

    told = strict.words(strict.page(answer))
    assert answer.status_code == 422
    assert words in told
    assert f'id="f-{field}-why"' in answer.text


def test_leave_from_now_on_needs_an_end_ahead(admin, world):
    asked = away(when="now", start="", end="08:00")

    answer = admin.post("/leave/kochi/new", **asked)

    assert answer.status_code == 422
    assert 'id="f-end-why"' in answer.text


def test_a_double_click_lets_one_leave_stand(admin, world):
    looked = admin.post("/leave/kochi/new", **away(act="look"))
    asked = hidden(looked) | away(start="16:00", end="17:00")

    places = {admin.post("/leave/kochi/new", **asked).headers["Location"] for _ in "ab"}

    assert len(places) == 1


def upkeep(**more):
    asked = {"with": "theatre-1", "first": DAY, "start": "14:00", "end": "16:00"}
    return asked | {"reason": "Filters", "policy": "move", "act": "add"} | more


def in_theatre(world):
    """Book a case in the theatre at three."""
    order = make.timed_order(
        world.kochi, world.theatre, world.visit, world.asha, local(15)
    )
    return service.book_timed(order, by=SYSTEM, now=NOW)


def repairs(world, first, last):
    window = Span(first, last)
    return queries.maintenance(world.kochi, window, by=SYSTEM, resource=world.theatre)


def test_maintenance_goes_around_bookings_as_said_for_each(admin, world):
    case = in_theatre(world)
    looked = admin.post("/maintenance/kochi/new", **upkeep(act="look"))
    assert "1 booking in the way" in strict.words(strict.page(looked))

    admin.post(
        "/maintenance/kochi/new",
        **hidden(looked),
        **upkeep(),
        **{f"for-{case.id}": "around"},
    )

    spans = [each.span for each in repairs(world, local(12), local(20))]
    assert spans == [Span(local(14), local(15)), Span(local(15, 30), local(16))]


def test_maintenance_repeats_and_all_that_follow_are_taken_back(admin, world):
    until = MONDAY + timedelta(days=21)
    asked = upkeep(repeats="1", until=until.isoformat())
    made = admin.post("/maintenance/kochi/new", **asked)
    shown = admin.get(made.headers["Location"])
    assert "Filters" in strict.words(strict.page(shown))
    far = local(20, day=until)
    assert len(repairs(world, local(8), far)) == 4
    second = repairs(world, local(8), far)[1]

    address = f"/maintenance/kochi/{second.id}"
    strict.page(admin.get(f"{address}?at={stamp(second.span.start)}"))
    admin.post(address, following="1")

    assert len(repairs(world, local(8), far)) == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("with", "rao", "Choose one"),
        ("end", "12:00", "end must come after"),
        ("repeats", "9", "Choose one"),
        ("until", "", "This is needed"),
        ("until", "2026-01-01", "end must come after"),
        ("policy", "shrug", "Choose one"),
    ],
)
def test_maintenance_that_cannot_be_is_refused_at_its_field(admin, field, value, words):
    asked = upkeep(repeats="2", until="2026-04-01") | {field: value}

    answer = admin.post("/maintenance/kochi/new", **asked)

    assert answer.status_code == 422
    assert words in strict.words(strict.page(answer))
    assert f'id="f-{field}' in answer.text
    assert 'value="Filters"' in answer.text


def test_reception_reads_the_maintenance_calendar(meena, world):
    shown = meena.get(f"/maintenance/kochi?from={JUNE.isoformat()}")

    told = strict.words(strict.page(shown))
    assert "09:00–10:00" in told  # noqa: RUF001 - an en dash parts times
    assert "Plan maintenance" not in told


def test_pages_of_leave_and_maintenance_are_strict_html_in_pieces(admin, world):
    repair = f"/maintenance/kochi/{world.repair}?at={stamp(local(9, day=JUNE))}"
    for address in (
        "/leave/kochi",
        let_stand(admin),
        "/leave/kochi",
        "/leave/kochi/new",
        "/maintenance/kochi",
        "/maintenance/kochi/new?with=theatre-1",
        repair,
    ):
        strict.page(admin.get(address))
        strict.piece(admin.get(address, htmx=True))


def test_the_list_of_leave_asks_no_more_for_many(admin, world):
    let_stand(admin)
    first = strict.words(strict.page(admin.get("/leave/kochi")))
    few = statements(lambda: admin.get("/leave/kochi"))
    for number in range(3):
        at = local(10 + number, day=MONDAY + timedelta(days=2))
        who = make.patient(f"Patient {number}")
        order = make.timed_order(world.kochi, world.theatre, world.visit, who, at)
        service.book_timed(order, by=SYSTEM, now=NOW)
        absence = Absence(
            world.kochi.public_id,
            world.theatre.public_id,
            at + timedelta(minutes=30),
            at,
            "Painted",
        )
        service.mark_absent(absence, by=SYSTEM, now=NOW)

    listed = admin.get("/leave/kochi")

    assert "1 to decide" in first
    assert listed.text.count("Painted") == 3
    assert statements(lambda: admin.get("/leave/kochi")) == few


def test_a_leave_over_many_shows_how_far_the_work_has_come(app, admin, world):
    for number in range(working.AT_ONCE + 2):
        at = local(14, 30 * (number % 2), day=JUNE + timedelta(days=number // 2))
        order = make.timed_order(world.kochi, world.rao, world.visit, world.asha, at)
        service.book_timed(order, by=SYSTEM, now=NOW)
    day, last = JUNE.isoformat(), (JUNE + timedelta(days=20)).isoformat()
    asked = away(first=day, start="09:00", last=last, end="20:00")
    looked = admin.post("/leave/kochi/new", **asked | {"act": "look"})
    made = admin.post("/leave/kochi/new", **hidden(looked), **asked)
    address = made.headers["Location"]

    shown = strict.words(strict.page(admin.get(address)))
    piece = strict.words(strict.piece(admin.get(f"{address}/work", htmx=True)))
    plain = admin.get(f"{address}/work")
    cascades.go_on()
    done = admin.get(f"{address}/work", htmx=True)

    assert f"Holding places: {working.AT_ONCE} of " in shown
    assert f"Holding places: {working.AT_ONCE} of " in piece
    assert "Do all as chosen" not in shown
    assert plain.headers["Location"] == address
    assert done.headers["HX-Redirect"] == address
    assert "Do all as chosen" in admin.get(address).text


def test_work_that_takes_long_lets_other_jobs_come_between(admin, world, monkeypatch):
    order = make.timed_order(
        world.kochi, world.rao, world.visit, world.asha, local(14, day=JUNE)
    )
    service.book_timed(order, by=SYSTEM, now=NOW)
    told = service.mark_absent(
        Absence(
            world.kochi.public_id,
            world.rao.public_id,
            local(17, day=JUNE),
            local(13, day=JUNE),
        ),
        by=SYSTEM,
        now=NOW,
    )
    with transaction():
        row = cascading.locked(told.id)
        remedying.order(row, by=SYSTEM, now=NOW)
    monkeypatch.setattr(cascades, "_LONGEST_S", 0.0)

    cascades.go_on()

    assert len(ordering.due()) == 1
    assert nudge.client_of().exists(f"baari:{cascades.JOB}:nudged")
