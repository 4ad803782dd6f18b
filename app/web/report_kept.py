"""Reports of people: how long they waited, who came, how far ahead they booked."""

from collections.abc import Mapping

from app.booking.measuring import STEPS, Ahead, Kept
from app.queues.measuring import Waited
from app.reports.views import LeadTimes, Shown, Waits
from app.web import charts
from app.web.report_sheet import Column, Section, Sheet, Table, shown
from app.web.report_use import WEEKDAYS

Named = Mapping[str, Waited]


def waits(found: Waits) -> Sheet:
    """Tell how long people waited, and how true the estimates were."""
    total = found.total
    hours = {f"{hour:02d}": found.hours[hour] for hour in sorted(found.hours)}
    came = {"Booked": found.booked, "Walked in": found.walked_in}
    doctors = {each.name: waited for each, waited in found.resources.items()}
    return Sheet(
        numbers=(
            ("half waited at most", shown(total.p50, "minutes"), "min"),
            ("nine of ten at most", shown(total.p90, "minutes"), "min"),
            ("waits", shown(total.number, "number"), ""),
            ("of estimates held", _held(total), ""),
            ("estimates usually off by", shown(total.off, "minutes"), "min"),
        ),
        sections=(
            _waits("hours", "By hour", "in which they came", hours),
            _waits("ways", "Booked and walked in", "half and 9 of 10", came),
            _waits("resources", "By doctor", "half and 9 of 10", doctors, drawn=False),
            _accuracy(doctors | {"All": total}),
        ),
        counted=(
            (
                "Wait",
                "from being here to the first call, or to going in if sooner.",
            ),
            ("Half, 9 of 10", "half, and nine of ten, waited no longer than this."),
            (
                "Estimate held",
                (
                    "they were called within the range they were told at check-in;"
                    " sooner and later are told apart. Who was told none is left out."
                ),
            ),
        ),
        empty=not total.number,
    )


def _held(waited: Waited) -> str:
    return shown(waited.within / waited.told if waited.told else None, "share")


def _waits(
    name: str, title: str, hint: str, found: Named, *, drawn: bool = True
) -> Section:
    rows = tuple((of, w.number, w.p50, w.p90) for of, w in found.items())
    chart = None
    if drawn and any(w.number for w in found.values()):
        groups = [(of, (w.p50 / 60, w.p90 / 60)) for of, w in found.items()]
        worst = max(found, key=lambda of: found[of].p90)
        told = (
            f"The longest waits are those of {worst}:"
            f" nine of ten waited {found[worst].p90 / 60:.0f} minutes at most."
        )
        chart = charts.bars(told, groups, ("Half (P50)", "9 of 10 (P90)"))
    return Section(
        name,
        title,
        f"{hint}, minutes",
        Table(
            (
                Column({"hours": "Hour", "ways": "How"}.get(name, "Doctor"), "text"),
                Column("Waits"),
                Column("Half (P50)", "minutes"),
                Column("9 of 10 (P90)", "minutes"),
            ),
            rows,
        ),
        chart=chart,
    )


def _accuracy(found: Named) -> Section:
    told = {of: w for of, w in found.items() if w.told}
    return Section(
        "estimates",
        "How true the estimates were",
        "waits told at check-in",
        Table(
            (
                Column("Doctor", "text"),
                Column("Told"),
                Column("Held", "share"),
                Column("Sooner", "share"),
                Column("Later", "share"),
                Column("Usually off by", "minutes"),
            ),
            tuple(
                (
                    of,
                    w.told,
                    w.within / w.told,
                    w.sooner / w.told,
                    w.later / w.told,
                    w.off,
                )
                for of, w in told.items()
            ),
        ),
    )


def no_shows(found: Shown, now: str) -> Sheet:
    """Tell who came and who did not, until `now`."""
    total = found.total
    steps = {STEP_NAMES[n]: found.steps[n] for n in sorted(found.steps)}
    return Sheet(
        numbers=(
            ("of who was expected did not come", shown(total.share, "share"), ""),
            ("did not come", shown(total.missed, "number"), ""),
            ("came", shown(total.came, "number"), ""),
            ("cancelled before", shown(total.cancelled, "number"), ""),
        ),
        sections=(
            _kept(
                "weekdays",
                "By weekday",
                {WEEKDAYS[n]: found.weekdays[n] for n in sorted(found.weekdays)},
            ),
            _kept(
                "hours",
                "By hour",
                {f"{n:02d}": found.hours[n] for n in sorted(found.hours)},
            ),
            _kept("ahead", "By how far ahead", steps),
            _kept("types", "By type", {t.name: k for t, k in found.types.items()}),
            _kept(
                "resources",
                "By doctor, room or machine",
                {each.name: kept for each, kept in found.resources.items()},
                drawn=False,
            ),
        ),
        counted=(
            (
                "Did not come",
                (
                    "patients marked as no-show, of those who were still expected:"
                    " cancelled visits and walk-ins are not among them."
                ),
            ),
            ("Until", f"visits that had begun by {now}."),
        ),
        empty=not (total.came or total.missed or total.cancelled),
    )


def _kept(
    name: str, title: str, found: Mapping[str, Kept], *, drawn: bool = True
) -> Section:
    chart = None
    shares = {of: kept.share for of, kept in found.items() if kept.share is not None}
    if drawn and shares:
        worst = max(shares, key=lambda of: shares[of])
        told = f"The most stay away at {worst}: {shares[worst] * 100:.0f} per cent."
        chart = charts.bars(told, [(of, (s * 100,)) for of, s in shares.items()])
    return Section(
        name,
        title,
        "% of who was expected",
        Table(
            (
                Column(title.removeprefix("By ").capitalize(), "text"),
                Column("Came"),
                Column("Did not come"),
                Column("No-shows", "share"),
                Column("Cancelled"),
            ),
            tuple(
                (of, k.came, k.missed, k.share, k.cancelled) for of, k in found.items()
            ),
        ),
        chart=chart,
    )


def lead_times(found: LeadTimes) -> Sheet:
    """Tell how far ahead visits are booked."""
    total = found.total
    return Sheet(
        numbers=(
            ("half are booked at most", shown(total.p50, "days"), "days ahead"),
            ("nine of ten at most", shown(total.p90, "days"), "days ahead"),
            ("bookings", shown(total.number, "number"), ""),
        ),
        sections=(
            _ahead(
                "ahead",
                "By how far ahead",
                {STEP_NAMES[n]: found.steps[n] for n in sorted(found.steps)},
                drawn=True,
            ),
            _ahead(
                "weekdays",
                "By weekday",
                {WEEKDAYS[n]: found.weekdays[n] for n in sorted(found.weekdays)},
            ),
            _ahead("types", "By type", {t.name: a for t, a in found.types.items()}),
            _ahead(
                "resources",
                "By doctor, room or machine",
                {each.name: ahead for each, ahead in found.resources.items()},
            ),
        ),
        counted=(
            (
                "Days ahead",
                (
                    "from the day of booking to that of the visit, on the facility's"
                    " calendar. Walk-ins, and what another system brought in, are left"
                    " out; visits cancelled later are counted."
                ),
            ),
        ),
        empty=not total.number,
    )


def _ahead(
    name: str, title: str, found: Mapping[str, Ahead], *, drawn: bool = False
) -> Section:
    chart = None
    if drawn and found:
        most = max(found, key=lambda of: found[of].number)
        told = f"Most are booked {most} ahead: {found[most].number}."
        groups = [(of, (float(a.number),)) for of, a in found.items()]
        chart = charts.bars(told, groups)
    return Section(
        name,
        title,
        "bookings" if drawn else "days ahead",
        Table(
            (
                Column(title.removeprefix("By ").capitalize(), "text"),
                Column("Bookings"),
                Column("Half (P50), days", "days"),
                Column("9 of 10 (P90), days", "days"),
            ),
            tuple((of, a.number, a.p50, a.p90) for of, a in found.items()),
        ),
        chart=chart,
    )


def _step_names() -> tuple[str, ...]:
    names = ["same day"]
    for first, after in zip(STEPS, (*STEPS[1:], None), strict=True):
        if after is None:
            names.append(f"{first} days or more")
        elif after == first + 1:
            names.append(f"{first} day")
        else:
            names.append(f"{first} to {after - 1} days")
    return tuple(names)


STEP_NAMES = _step_names()
