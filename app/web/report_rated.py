"""The report of what patients said of their visits."""

from app.booking.rated import Rated
from app.reports.views import Ratings
from app.web import charts
from app.web.report_sheet import Column, Section, Sheet, Table, shown


def ratings(found: Ratings) -> Sheet:
    """Tell how patients rated their visits, and whose."""
    total = found.total
    few = total.stars[0] + total.stars[1]
    return Sheet(
        numbers=(
            ("stars of 5 on average", shown(total.average, "days"), ""),
            ("ratings", shown(total.number, "number"), ""),
            ("gave one or two stars", shown(few, "number"), ""),
        ),
        sections=(_stars(total), _whose(found)),
        counted=(
            (
                "Rating",
                "one for each patient of a completed visit who gave one, on its day.",
            ),
            ("Average", "of the stars, from 1 to 5; who said nothing is left out."),
        ),
        empty=not total.number,
    )


def _stars(total: Rated) -> Section:
    rows = tuple((str(n), count) for n, count in enumerate(total.stars, 1))
    chart = None
    if total.number:
        told = f"{total.number} ratings, {total.average:.1f} stars on average."
        chart = charts.bars(told, [(of, (count,)) for of, count in rows])
    return Section(
        "stars",
        "By stars",
        "ratings",
        Table((Column("Stars", "text"), Column("Ratings")), rows),
        chart=chart,
    )


def _whose(found: Ratings) -> Section:
    return Section(
        "resources",
        "By doctor",
        "stars of 5",
        Table(
            (Column("Doctor", "text"), Column("Ratings"), Column("Average", "days")),
            tuple(
                (each.name, rated.number, rated.average)
                for each, rated in found.resources.items()
            ),
        ),
    )
