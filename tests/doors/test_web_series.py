"""A booking that comes again, booked and changed at the desk."""

from datetime import timedelta

import pytest

from app.booking import queries, service
from app.booking.kinds import Priority
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.core.spans import Span
from tests import factories as make
from tests.doors import strict
from tests.doors.world import MONDAY, NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)

WEEK = timedelta(days=7)


def order(world, **more):
    asked = {"with": world.rao.code, "day": MONDAY.isoformat(), "time": "15:00"}
    asked |= {"type": str(world.visit.public_id), "patient": str(world.asha.public_id)}
    return (
        asked | {"once": "one-form", "act": "book", "weeks": "1", "times": "3"} | more
    )


def booked(world):
    """Give what stands at three on Mondays."""
    found = [
        each
        for week in range(4)
        for each in queries.appointments(
            world.kochi,
            Span(local(15) + week * WEEK, local(16) + week * WEEK),
            by=SYSTEM,
        )
    ]
    return sorted(found, key=lambda each: each.span.start)


def book(meena, world, **more):
    answer = meena.post("/booking/kochi", **order(world, **more))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_series_is_booked_and_says_what_was_left_out(meena, world):
    other = make.timed_order(
        world.kochi, world.rao, world.visit, make.patient(), local(15) + WEEK
    )
    service.book_timed(other, by=SYSTEM, now=NOW)

    told = strict.words(strict.page(meena.get(book(meena, world))))

    assert "Series booked" in told
    assert "Series of 3" in told
    assert "left out: That time is taken" in told
    mine = [each for each in booked(world) if each.series_id]
    assert [e.span.start for e in mine] == [local(15), local(15) + 2 * WEEK]


def test_tokens_come_again_too_and_a_double_click_books_one_series(meena, world):
    first = book(meena, world, time="10:30")
    again = book(meena, world, time="10:30")

    assert first == again
    assert "Series of 3" in strict.words(strict.page(meena.get(first)))


def test_how_urgent_it_is_is_kept_and_shown(meena, world):
    address = book(meena, world, weeks="", times="", priority="2")

    assert booked(world)[0].priority is Priority.URGENT
    assert "Priority Urgent" in strict.words(strict.page(meena.get(address)))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("weeks", "3", "Choose one"),
        ("times", "", "This is needed"),
        ("times", "1", "from 2 to 60"),
        ("times", "many", "number"),
        ("priority", "1", "Choose one"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(meena, world, field, value, words):
    answer = meena.post("/booking/kochi", **order(world, **{field: value}))

    told = strict.words(strict.page(answer))
    assert answer.status_code == 422
    assert words in told
    assert f'id="f-{field}-why"' in answer.text
    assert "<details open" in answer.text
    assert booked(world) == []


def test_all_that_follow_are_moved_and_cancelled_along(meena, world):
    book(meena, world)
    _, second, third = booked(world)
    address = f"/appointments/{second.id}"
    assert "And all that follow" in strict.words(
        strict.page(meena.get(f"{address}/move"))
    )
    day = (MONDAY + WEEK).isoformat()

    moved = meena.post(
        f"{address}/move",
        **{"with": "rao", "day": day, "time": "16:00", "minutes": "", "following": "1"},
    )

    assert moved.headers["Location"].endswith("moved_following")
    spans = [queries.appointment(e.id, by=SYSTEM).span for e in (second, third)]
    assert [each.start for each in spans] == [local(16) + WEEK, local(16) + 2 * WEEK]
    meena.post(f"{address}/cancel", reason="Patient asked", following="1")
    fates = [queries.appointment(e.id, by=SYSTEM).status for e in (second, third)]
    assert fates == [Status.CANCELLED] * 2
    assert booked(world)[0].status is Status.SCHEDULED


def test_one_alone_leaves_the_others(meena, world):
    book(meena, world)
    _, second, third = booked(world)

    meena.post(f"/appointments/{second.id}/cancel", reason="Patient asked")

    assert queries.appointment(third.id, by=SYSTEM).status is Status.SCHEDULED
