"""Where things stand on the calendar, on ordinary days and on odd ones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.availability.kinds import Closed
from app.availability.views import ClosedSpan
from app.booking.states import Status
from app.booking.views import ColumnView, SlotView, VisitView
from app.core.spans import Span, day_span, starting
from app.directory.kinds import Category
from app.directory.views import TypeView
from app.web import grid
from tests.factories import KOLKATA, MONDAY, local

VISIT = TypeView(1, None, "new", "New", Category.NEW, 30)
LONDON = ZoneInfo("Europe/London")
EARLY = local(0)


def column(day=MONDAY, zone=KOLKATA, **parts):
    fields = dict.fromkeys(("slots", "open", "free", "closed", "visits"), ())
    return ColumnView(resource=None, day=day_span(day, zone), **(fields | parts))


def visit(start, minutes):
    return VisitView(
        None, "X", starting(start, minutes), Status.SCHEDULED, VISIT, "Asha"
    )


def lay(*columns, zone=KOLKATA, now=EARLY, **more):
    return grid.lay_out(columns, zone=zone, now=now, **more)


def test_the_time_of_now_takes_the_place_of_the_hour_it_covers():
    offered = column(open=(Span(local(9), local(12)),))

    early, late = lay(offered, now=local(10, 5)), lay(offered, now=local(10, 20))

    assert early.covered(13)
    assert not early.covered(1)
    assert not late.covered(13)


def test_who_is_away_all_day_has_no_lunch_besides():
    away = ClosedSpan(Span(local(9), local(17)), Closed.AWAY, "Leave")
    lunch = ClosedSpan(Span(local(13), local(14)), Closed.BREAK, "Lunch")

    alone = lay(column(closed=(lunch,)))
    both = lay(column(closed=(away, lunch)))

    assert [cell.thing for cell in alone.columns[0].cells] == [lunch]
    assert [cell.thing for cell in both.columns[0].cells] == [away]


def test_rows_cover_the_hours_that_are_offered():
    laid = lay(column(open=(Span(local(9, 30), local(16, 10)),)))

    assert [label for _, label in laid.hours][:1] == ["09:00"]
    assert laid.rows == 8 * 12
    assert laid.columns[0].grounds[0].at == grid.Place(7, 80)


def test_a_clinic_round_the_clock_has_every_hour():
    laid = lay(column(open=(day_span(MONDAY, KOLKATA),)), now=local(3, 2))

    assert laid.rows == 288
    assert laid.now_row == 37


@pytest.mark.parametrize(
    ("day", "rows", "labels"),
    [
        (date(2026, 3, 29), 23 * 12, ["00:00", "02:00", "03:00"]),
        (date(2026, 10, 25), 25 * 12, ["00:00", "01:00", "01:00"]),
    ],
)
def test_days_of_23_and_25_hours_have_as_many_rows(day, rows, labels):
    whole = day_span(day, LONDON)

    laid = lay(column(day, LONDON, open=(whole,)), zone=LONDON, now=whole.start)

    assert laid.rows == rows
    assert [label for _, label in laid.hours][:3] == labels


def test_in_a_week_the_same_wall_clock_stands_level_whatever_the_clocks_did():
    days = [date(2026, 3, 28), date(2026, 3, 30)]
    columns = [
        column(
            day,
            LONDON,
            open=(
                Span(
                    datetime(day.year, day.month, day.day, 9, tzinfo=LONDON),
                    datetime(day.year, day.month, day.day, 12, tzinfo=LONDON),
                ),
            ),
        )
        for day in days
    ]

    laid = lay(*columns, zone=LONDON, ruler=grid.by_wall_clock(LONDON))

    assert {each.grounds[0].at for each in laid.columns} == {grid.Place(1, 36)}


def test_what_is_over_is_flat_and_what_is_ahead_is_bright():
    laid = lay(column(open=(Span(local(9), local(12)),)), now=local(10))

    assert [(each.thing, each.at.rows) for each in laid.columns[0].grounds] == [
        (grid.Ground.PAST, 12),
        (grid.Ground.OFFER, 24),
    ]


def test_visits_at_once_stand_side_by_side():
    visits = (visit(local(9), 60), visit(local(9, 30), 60), visit(local(11), 30))

    laid = lay(column(visits=visits))

    lanes = [cell.at.lane for cell in laid.columns[0].cells]
    assert lanes == ["lane-1-2", "lane-2-2", ""]


def test_a_leave_of_days_is_shown_within_the_day():
    week = Span(local(9) - timedelta(days=3), local(9) + timedelta(days=3))
    away = ClosedSpan(week, Closed.AWAY, "Leave")

    laid = lay(column(closed=(away,)))

    assert laid.columns[0].cells[0].at == grid.Place(1, laid.rows)


def test_free_time_too_short_for_any_visit_is_not_offered():
    gap = Span(local(9), local(9, 10))

    laid = lay(column(open=(gap,), free=(gap,)), least_free=timedelta(minutes=15))

    assert laid.columns[0].cells == ()


@pytest.mark.parametrize("minutes", [5, 10, 15])
def test_what_is_as_short_as_the_shortest_visit_can_be_hit(minutes):
    laid = lay(column(slots=(SlotView(starting(local(9), minutes), 4, 0),)))

    assert laid.least == laid.columns[0].cells[0].at.rows


@pytest.mark.parametrize(
    ("minutes", "pace"), [(5, "pace-5"), (10, "pace-10"), (15, "")]
)
def test_short_slots_make_taller_rows(minutes, pace):
    laid = lay(column(slots=(SlotView(starting(local(9), minutes), 4, 0),)))

    assert laid.pace == pace


def test_a_slot_that_ends_within_five_minutes_still_has_a_row():
    slots = tuple(
        SlotView(starting(local(9) + timedelta(minutes=7 * n), 7), 1, 0)
        for n in range(3)
    )

    laid = lay(column(slots=slots))

    rows = [cell.at.row for cell in laid.columns[0].cells]
    assert rows == sorted(set(rows))


def test_a_day_without_anything_is_empty():
    assert lay(column()).empty


def test_now_has_no_row_on_another_day():
    laid = lay(
        column(open=(Span(local(9), local(17)),)), now=datetime(2026, 1, 1, tzinfo=UTC)
    )

    assert laid.now_row is None
