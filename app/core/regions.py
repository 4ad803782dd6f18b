"""In which country a time zone lies, and what is paid with there."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

# The money of countries where it is plain; elsewhere whoever takes it says which.
_MONEY: Mapping[str, str] = {
    **dict.fromkeys(
        ("AT", "BE", "DE", "ES", "FI", "FR", "IE", "IT", "NL", "PT"), "EUR"
    ),
    "AE": "AED",
    "AU": "AUD",
    "BD": "BDT",
    "CA": "CAD",
    "GB": "GBP",
    "IN": "INR",
    "KE": "KES",
    "LK": "LKR",
    "NG": "NGN",
    "NP": "NPR",
    "PK": "PKR",
    "SG": "SGD",
    "US": "USD",
    "ZA": "ZAR",
}


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


def currency_of(region: str) -> str:
    """Give the three letters of a country's money; empty if that is not plain."""
    return _MONEY.get(region, "")
