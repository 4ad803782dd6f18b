"""Reports of what is used of what is offered: time, and tokens."""

from collections.abc import Mapping
from datetime import date

from app.booking.utilization import Tally
from app.doors import times
from app.reports.views import Tokens, TokenUse, Used
from app.web import charts
from app.web.report_sheet import (
    Cell,
    Column,
    Heat,
    Section,
    Sheet,
    Table,
    Value,
    ordered,
    shown,
    step_of,
)

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_USED = (
    (
        "Used",
        (
            "booked minutes inside offered ones, without buffers. A token slot counts"
            " by the share of its tokens given. Cancelled visits, and timed ones nobody"
            " came to, are not used time."
        ),
    ),
    (
        "Offered",
        (
            "the hours of the schedule with their exceptions, less breaks, leave and"
            " maintenance; once for each a resource holds at a time."
        ),
    ),
    (
        "Apart",
        (
            "maintenance is not offered time, and the second of two bookings in one"
            " place is not used time: each has a column of its own."
        ),
    ),
    (
        "Lost",
        (
            "minutes of visits nobody came to, and of those cancelled less than two"
            " hours before. A token is its part of the slot."
        ),
    ),
    ("Before", "points more or less than in as many days just before."),
)


def use(found: Used) -> Sheet:
    """Tell what is used: in the week, over the weeks, by resource."""
    total = found.total
    return Sheet(
        numbers=(
            ("of offered time used", shown(total.share, "share"), ""),
            ("hours offered", shown(total.available / 60, "hours"), ""),
            ("hours used", shown(total.booked / 60, "hours"), ""),
            ("hours lost to no-shows", shown(found.lost.no_shows / 60, "hours"), ""),
            (
                "hours lost to late cancels",
                shown(found.lost.late_cancels / 60, "hours"),
                "",
            ),
        ),
        sections=(_week(found), _trend(found), _by_resource(found)),
        counted=_USED,
        empty=not total.available,
    )


def _week(found: Used) -> Section:
    offered = {key: t for key, t in found.week.items() if t.available}
    hours = ordered({hour: None for _, hour in offered})
    rows = []
    for weekday in sorted({weekday for weekday, _ in offered}):
        tallies = (offered.get((weekday, hour)) for hour in hours)
        shares = [t.share if t else None for t in tallies]
        rows.append((WEEKDAYS[weekday], shares))
    heat = Heat(
        tuple(f"{hour:02d}" for hour in hours),
        tuple((name, tuple(_cell(share) for share in row)) for name, row in rows),
    )
    columns = (
        Column("Weekday", "text"),
        *(Column(f"{hour:02d}", "share") for hour in hours),
    )
    return Section(
        "week",
        "When it is used",
        "% of offered time, by weekday and hour",
        Table(columns, tuple((name, *row) for name, row in rows)),
        heat=heat,
    )


def _cell(share: float | None) -> Cell:
    return Cell("" if share is None else f"{share * 100:.0f}", step_of(share))


def _trend(found: Used) -> Section:
    weeks = [(_day(monday), tally) for monday, tally in found.weeks.items()]
    shares = [(name, t.share * 100) for name, t in weeks if t.share is not None]
    told = "No time was offered."
    if shares:
        (first, begun), (last, now) = shares[0], shares[-1]
        told = (
            f"From {begun:.0f} per cent in the week of {first}"
            f" to {now:.0f} per cent in the week of {last}."
        )
    return Section(
        "trend",
        "Trend over 13 weeks",
        "% of offered time used",
        Table(
            (
                Column("Week of", "text"),
                Column("Offered h", "hours"),
                Column("Used h", "hours"),
                Column("Used", "share"),
            ),
            tuple(
                (name, t.available / 60, t.booked / 60, t.share) for name, t in weeks
            ),
        ),
        chart=charts.line(told, shares, 100),
    )


def _by_resource(found: Used) -> Section:
    rows: list[tuple[Value, ...]] = []
    by_share = sorted(found.resources.items(), key=lambda pair: -(pair[1].share or -1))
    for each, tally in by_share:
        before = found.before.get(each.id)
        change = None
        if tally.share is not None and before is not None:
            change = tally.share - before
        rows.append((each.name, each.department, *_tallied(tally), change))
    return Section(
        "resources",
        "By doctor, room or machine",
        "the most used first",
        Table(
            (
                Column("Who or what", "text"),
                Column("Department", "text"),
                Column("Offered h", "hours"),
                Column("Used h", "hours"),
                Column("Used", "share"),
                Column("Maintenance h", "hours"),
                Column("Double-booked h", "hours"),
                Column("Against before", "points"),
            ),
            tuple(rows),
        ),
    )


def _tallied(tally: Tally) -> tuple[Value, ...]:
    return (
        tally.available / 60,
        tally.booked / 60,
        tally.share,
        tally.maintenance / 60,
        tally.overridden / 60,
    )


def tokens(found: Tokens) -> Sheet:
    """Tell how tokens are used: by hour, by doctor."""
    total = found.total
    return Sheet(
        numbers=(
            ("of offered tokens given", shown(total.share, "share"), ""),
            ("tokens offered", shown(total.offered, "number"), ""),
            ("given", shown(total.given, "number"), ""),
            ("came", shown(total.came, "number"), ""),
            ("did not come", shown(total.missed, "number"), ""),
        ),
        sections=(
            _token_section(
                "hours",
                "By hour",
                "when the slot begins",
                {f"{hour:02d}": found.hours[hour] for hour in sorted(found.hours)},
            ),
            _token_section(
                "resources",
                "By doctor",
                "tokens given and offered",
                {each.name: use for each, use in found.resources.items()},
                drawn=False,
            ),
        ),
        counted=(
            ("Offered", "the tokens of the slots that the schedule has on these days."),
            (
                "Given",
                (
                    "those booked and not cancelled. Over the slot are those an"
                    " overbooking rule or an override let in beside them."
                ),
            ),
            ("Came", "who arrived, was seen, or is inside at this moment."),
        ),
        empty=not total.offered and not total.given,
    )


def _token_section(
    name: str,
    title: str,
    hint: str,
    found: Mapping[str, TokenUse],
    *,
    drawn: bool = True,
) -> Section:
    heads = (
        Column(title.removeprefix("By ").capitalize(), "text"),
        Column("Offered"),
        Column("Given"),
        Column("Given of offered", "share"),
        Column("Over the slot"),
        Column("Came"),
        Column("Did not come"),
    )
    rows = tuple(
        (of, u.offered, u.given, u.share, u.over, u.came, u.missed)
        for of, u in found.items()
    )
    chart = None
    if drawn and found:
        groups = [(of, (float(u.given), float(u.offered))) for of, u in found.items()]
        most = max(found, key=lambda of: found[of].given)
        told = f"Most tokens are given at {most}: {found[most].given}."
        chart = charts.bars(told, groups, ("given", "offered"))
    return Section(name, title, hint, Table(heads, rows), chart=chart)


def _day(day: date) -> str:
    return times.short_day(day).partition(" ")[2]
