"""What colours of the calendar mean is said by icons and words, and in its legend."""

from datetime import timedelta

import pytest

from app.booking import service as booking
from app.booking.states import TAKES_PLACE, Status
from app.booking.views import Arrangement, Holding, Override
from app.core.actor import SYSTEM
from app.directory.kinds import Category
from app.queues import service as queues
from tests import factories as make
from tests.doors import strict
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(local(13), tick=False)

# Each status that has a place in the calendar: its icon, and its word.
STATUSES = {
    Status.REQUESTED: ("s-requested", "To approve"),
    Status.SCHEDULED: ("s-scheduled", "Booked"),
    Status.CHECKED_IN: ("s-checked_in", "Arrived"),
    Status.IN_PROGRESS: ("s-in_room", "In room"),
    Status.COMPLETED: ("s-done", "Done"),
    Status.NO_SHOW: ("s-no_show", "No-show"),
    Status.HELD: ("s-held", "Held"),
}
CATEGORIES = {
    Category.NEW: ("type-new", "New"),
    Category.FOLLOW_UP: ("type-follow", "Follow-up"),
    Category.PROCEDURE: ("type-proc", "Procedure"),
    Category.VACCINATION: ("type-vacc", "Vaccination"),
}


@pytest.fixture(params=[15, 45], ids=["short", "long"])
def day(request, world):
    """Book a visit of each status, of a type of each family; short ones say less."""
    doctor = make.resource(world.kochi, name="Dr Colour")
    make.hours(world.kochi, doctor, make.open_time())
    kinds = [make.kind(request.param, each) for each in Category]
    found = {}
    for number, status in enumerate(STATUSES):
        start, kind = local(9) + timedelta(hours=number), kinds[number % len(kinds)]
        who = make.patient(f"Somebody {status.value}")
        order = make.timed_order(
            world.kochi, doctor, kind, who, start, request=status is Status.REQUESTED
        )
        if status is Status.HELD:
            kept = Holding("a desk", minutes=9)
            booking.hold_timed(order, kept, by=SYSTEM, now=local(13))
        else:
            booked = booking.book_timed(order, by=SYSTEM, now=NOW)
            _bring(booked.id, status, start)
        found[status] = kind
    return found


def _bring(appointment, status, start):
    """Let a visit come as far as that, and no further."""
    if status is Status.NO_SHOW:
        booking.no_show(appointment, by=SYSTEM, now=start + timedelta(hours=1))
    steps = (Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED)
    if status not in steps:
        return
    (entry,) = queues.check_in(appointment, by=SYSTEM, now=local(12))
    for step, act in zip(steps[1:], (queues.start, queues.complete), strict=True):
        if steps.index(status) >= steps.index(step):
            if act is queues.start:
                queues.call(entry.id, by=SYSTEM, now=local(12))
            act(entry.id, by=SYSTEM, now=local(12))


def icons(part):
    """Name the pictures that stand in a part of a page."""
    return [
        each.get("href").removeprefix("#i-")
        for each in part.iter()
        if str(each.tag).endswith("}use")
    ]


def visits(meena):
    """Give what stands for each visit of the day that was booked."""
    page = strict.page(meena.get("/calendar/kochi?kind=practitioner"))
    return page, [
        each
        for each in page.iter("a")
        if "visit" in each.get("class", "").split()
        and each.get("href").startswith("/appointments/")
    ]


def test_every_status_has_its_own_icon_and_word_and_every_type_its_word(meena, day):
    _, shown = visits(meena)

    for status, (icon, word) in STATUSES.items():
        name = f"Somebody {status.value}"
        (visit,) = (each for each in shown if name in strict.words(each))
        assert icons(visit) == [icon]
        assert word in strict.words(visit)
        assert day[status].name in strict.words(visit)
        assert CATEGORIES[day[status].category][0] in visit.get("class").split()
    assert len({icon for icon, _ in STATUSES.values()}) == len(STATUSES)


def test_the_legend_names_every_status_and_every_family_of_types(meena):
    page, _ = visits(meena)
    (legend,) = (e for e in page.iter("div") if e.get("aria-label") == "Legend")
    said = {strict.words(each): each for each in legend.iter("span")}

    assert {*STATUSES} == TAKES_PLACE | {Status.NO_SHOW}
    for icon, word in STATUSES.values():
        assert icons(said[word]) == [icon]
    assert {*CATEGORIES} == {*Category}
    for look, word in CATEGORIES.values():
        assert said[word].find("i").get("class").split() == ["swatch", look]


def test_who_has_a_place_beside_another_is_marked_by_a_sign_and_words(meena, world):
    for doctor in (world.rao, make.resource(world.kochi)):
        if doctor is not world.rao:
            make.hours(world.kochi, doctor)
        order = make.timed_order(
            world.kochi, doctor, world.visit, make.patient(), local(15)
        )
        booked = booking.book_timed(order, by=SYSTEM, now=NOW)
        wish = Arrangement(rooms=(world.theatre.public_id,))
        told = booking.assign(
            booked.id, wish, by=SYSTEM, now=NOW, override=Override("twins")
        )

    page = strict.page(meena.get("/calendar/kochi?kind=location"))
    (visit,) = (e for e in page.iter("a") if "is-clash" in e.get("class", ""))
    (legend,) = (e for e in page.iter("div") if e.get("aria-label") == "Legend")

    assert visit.get("href") == f"/appointments/{told.id}"
    assert icons(visit) == ["s-scheduled", "alert"]
    assert "booked twice on purpose" in strict.words(visit)
    (said,) = (e for e in legend.iter("span") if strict.words(e) == "Booked twice")
    assert icons(said) == ["alert"]
