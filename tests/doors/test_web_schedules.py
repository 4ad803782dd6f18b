"""Schedules at the staff's door: drafts, exceptions, windows; and nothing is lost."""

import re
from datetime import timedelta

import pytest

from app.availability import queries
from app.booking import service
from app.core.actor import SYSTEM
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.doors import strict
from tests.doors.people import hidden
from tests.doors.world import MONDAY, NOW, local
from tests.factories import ALL_WEEK

pytestmark = pytest.mark.time_machine(NOW, tick=False)

RAO = "/schedules/kochi/of/rao"
NEXT = MONDAY + timedelta(days=7)


def typed(**fields):
    session = {
        "kind": "tokens",
        "days": ["1"],
        "start": "17:00",
        "end": "19:00",
        "slot": "30",
        "tokens": "6",
        "repeats": "1",
        "label": "Evening",
    }
    return session | {"first": NEXT.isoformat()} | fields


def versions(world):
    return queries.schedule(world.kochi, world.rao, by=SYSTEM)


def test_the_list_tells_who_has_which_hours_and_who_has_none(meena, world):
    make.resource(world.kochi, code="new", name="Dr New")
    make.resource(
        world.kochi, code="sono", name="Sonograph", kind=ResourceKind.EQUIPMENT
    )

    told = strict.words(strict.page(meena.get("/schedules/kochi")))

    assert "Dr Vivek Rao Medicine Every day 10:00–12:00 4 tokens per 30 min;" in told  # noqa: RUF001 - an en dash parts times
    assert "Dr New No hours" in told
    assert "Sonograph Follows the hours of the facility" in told


def test_reception_looks_and_is_shown_nothing_to_change(meena):
    shown = meena.get(RAO)

    assert "New version" not in shown.text
    assert "Set a window" not in shown.text


def test_the_doctor_may_change_the_own_hours_and_no_others(doctor):
    listed = doctor.get("/schedules/kochi").text

    assert f'href="{RAO}/draft"' in listed
    assert "/of/theatre-1/draft" not in listed
    assert doctor.get(f"{RAO}/draft").status_code == 200
    assert doctor.get("/schedules/kochi/of/theatre-1/draft").status_code == 403


def test_a_week_shows_leave_and_added_time(doctor, world):
    make.away(world.kochi, world.rao, local(14, day=MONDAY), 60)

    told = strict.words(strict.page(doctor.get(f"{RAO}?week={MONDAY}")))

    assert "Week of Mon 2 Mar" in told
    assert "removed 14:00–15:00 Away" in told  # noqa: RUF001 - an en dash parts times


def test_adds_a_session_to_the_draft_and_publishes_it(doctor, world):
    opened = doctor.get(f"{RAO}/draft")
    begun = doctor.post(f"{RAO}/draft", **hidden(opened), act="new")
    kept = doctor.post(f"{RAO}/draft", **hidden(begun), **typed(), act="keep")
    told = strict.words(strict.page(kept))
    assert "Added Tue 17:00–19:00, tokens, 6 per 30 min" in told  # noqa: RUF001 - an en dash parts times
    assert "tokens a week, on average +24" in told

    answer = doctor.post(
        f"{RAO}/draft", **hidden(kept), first=NEXT.isoformat(), act="publish"
    )

    assert answer.status_code == 303
    before, after = versions(world)
    assert before.valid_till == NEXT - timedelta(days=1)
    assert len(after.sessions) == len(before.sessions) + 1
    assert "The new hours are published" in doctor.get(answer.headers["Location"]).text


def test_what_is_open_in_the_form_is_published_too(doctor, world):
    opened = hidden(doctor.get(f"{RAO}/draft")) | {"editing": "new"}

    doctor.post(f"{RAO}/draft", **opened, **typed(), act="publish")

    assert len(versions(world)[-1].sessions) == len(ALL_WEEK) * 4 + 1


def test_changing_a_session_can_change_those_like_it_too(doctor, world):
    opened = doctor.get(f"{RAO}/draft")
    first = doctor.post(f"{RAO}/draft", **hidden(opened), act="edit-0")
    assert "The same on Tue" in strict.words(strict.page(first))
    line = typed(days=["0"], start="10:00", end="12:00", tokens="4", label="")

    alike = doctor.post(f"{RAO}/draft", **hidden(first), **line, act="alike")
    assert len(re.findall(r'name="days"\s+value="\d"\s+checked', alike.text)) == 7
    # Not so early that it strands who asked for eleven.
    every = line | {"days": list("0123456"), "end": "11:30"}
    doctor.post(f"{RAO}/draft", **hidden(alike), **every, act="publish")

    ends = {
        s.session.end
        for s in versions(world)[-1].sessions
        if s.session.kind == "tokens"
    }
    assert {f"{end:%H:%M}" for end in ends} == {"11:30"}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("start", "25:00", "Give a time"),
        ("slot", "7", "cannot be parted into slots"),
        ("slot", "", "This is needed"),
        ("tokens", "many", "Give a whole number"),
        ("days", [], "Tick the days"),
        ("start", "11:00", "overlaps another session"),
        ("kind", "magic", "Choose one"),
        ("repeats", "99", "from 1 to 52"),
        ("types", ["nothing"], "Choose one"),
    ],
)
def test_a_session_that_cannot_be_is_refused_at_its_field(
    doctor, world, field, value, words
):
    opened = hidden(doctor.get(f"{RAO}/draft")) | {"editing": "new"}

    answer = doctor.post(
        f"{RAO}/draft", **opened, **typed(**{field: value}), act="publish"
    )

    told = strict.words(strict.page(answer))
    assert (answer.status_code, len(versions(world))) == (422, 1)
    assert words in told
    assert "field-bad" in answer.text or field == "types"
    assert 'value="Evening"' in answer.text


def test_a_date_within_an_earlier_version_is_refused_beside_the_date(doctor, world):
    opened = hidden(doctor.get(f"{RAO}/draft"))

    answer = doctor.post(f"{RAO}/draft", **opened, first="2026-03-01", act="publish")

    assert answer.status_code == 409
    assert 'id="f-first-why"' in answer.text
    assert len(versions(world)) == 1


def test_hours_are_put_right_on_their_very_first_day(doctor, world):
    opened = hidden(doctor.get(f"{RAO}/draft"))

    doctor.post(f"{RAO}/draft", **opened, first=MONDAY.isoformat(), act="publish")

    assert [each.valid_from for each in versions(world)] == [MONDAY, MONDAY]
    shown = strict.words(strict.page(doctor.get(RAO)))
    assert "Version 1 replaced before it began Version 2 in force" in shown


def test_who_publishes_what_somebody_replaced_meanwhile_is_told(doctor, world):
    opened = hidden(doctor.get(f"{RAO}/draft"))
    doctor.post(f"{RAO}/draft", **opened, first=NEXT.isoformat(), act="publish")

    later = (NEXT + timedelta(days=2)).isoformat()
    answer = doctor.post(f"{RAO}/draft", **opened, first=later, act="publish")

    assert answer.status_code == 409
    assert len(versions(world)) == 2


def test_nobody_is_stranded_unseen(doctor, world):
    tuesday = {"first": NEXT.isoformat(), "act": "publish"}
    visit = make.timed_order(
        world.kochi, world.rao, world.visit, world.asha, local(15, day=NEXT)
    )

    service.book_timed(visit, by=SYSTEM, now=NOW)
    opened = doctor.get(f"{RAO}/draft")
    without = hidden(opened) | {"s": [s for s in hidden(opened)["s"] if "14" not in s]}

    first = doctor.post(f"{RAO}/draft", **without, **tuesday)
    told = strict.words(strict.page(first))
    assert first.status_code == 409
    assert "1 visit loses its place" in told
    assert "Asha Nair" in told
    assert len(versions(world)) == 1
    again = doctor.post(f"{RAO}/draft", **hidden(first), **tuesday)

    assert again.status_code == 303
    assert len(versions(world)) == 2


def test_painting_opens_a_session_with_its_day_and_times(doctor):
    opened = hidden(doctor.get(f"{RAO}/draft"))
    opened |= {"paint_day": "2", "paint_start": "17:00", "paint_end": "18:15"}

    begun = doctor.post(f"{RAO}/draft", **opened, act="paint")

    assert re.search(r'name="days"\s+value="2"\s+checked', begun.text)
    assert 'value="18:15"' in begun.text


def test_a_removed_session_can_be_put_back(doctor):
    opened = doctor.get(f"{RAO}/draft")
    gone = doctor.post(f"{RAO}/draft", **hidden(opened), act="drop-0")
    assert "Removed Mon 10:00–12:00" in strict.words(strict.page(gone))  # noqa: RUF001 - an en dash parts times
    back = re.search(r'value="(back-\d+)"', gone.text)[1]

    again = doctor.post(f"{RAO}/draft", **hidden(gone), act=back)

    assert "Nothing is changed yet" in strict.words(strict.page(again))


@pytest.mark.parametrize(
    "act", ["edit-99", "drop-x", "back-500", "nonsense", "edit--1"]
)
def test_a_button_that_names_nothing_changes_nothing(doctor, act):
    opened = hidden(doctor.get(f"{RAO}/draft"))

    answer = doctor.post(f"{RAO}/draft", **opened, act=act)

    assert answer.status_code == 200
    assert hidden(answer)["s"] == opened["s"]


@pytest.mark.parametrize(
    "written",
    ["", "a&" * 2000, "days=9", "days=0&days=1", "kind=x&days=0&repeats=n", "days=%00"],
)
def test_a_line_nobody_wrote_is_no_fault_of_the_page(doctor, world, written):
    opened = hidden(doctor.get(f"{RAO}/draft")) | {"s": [written], "editing": "0"}

    answer = doctor.post(f"{RAO}/draft", **opened, act="look")

    assert answer.status_code in {200, 422}
    strict.page(answer)
    assert len(versions(world)) == 1


def test_every_page_of_hours_is_strict_html_whole_and_in_pieces(doctor):
    for address in ("", "/draft", "/exception", "/exception?what=tokens", "/window"):
        strict.page(doctor.get(f"{RAO}{address}"))
        strict.piece(doctor.get(f"{RAO}{address}", htmx=True))
    opened = hidden(doctor.get(f"{RAO}/draft"))
    for act in ("new", "edit-0", "drop-0"):
        strict.piece(doctor.post(f"{RAO}/draft", htmx=True, **opened, act=act))
