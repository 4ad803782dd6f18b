"""In which country a time zone lies, as its data base says."""

from functools import cache
from importlib import resources


@cache
def _regions() -> dict[str, str]:
    listed = resources.files("tzdata.zoneinfo").joinpath("zone.tab")
    rows = [
        line.split("\t")
        for line in listed.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    return {row[2]: row[0] for row in rows}


def region_of(zone: str) -> str:
    """Give the country of a zone in two letters; empty if it has none, as UTC."""
    return _regions().get(zone, "")
