"""Where a house is reached, as its messages link to it."""

import pytest

from app.core import gateways
from app.core.gateways import SettingError


def test_it_is_what_is_set_without_the_last_slash():
    given = {"BAARI_URL": "https://book.example.org/"}

    assert gateways.read(given)["url"] == "https://book.example.org"
    assert gateways.read({})["url"] == ""


@pytest.mark.parametrize(
    "wrong",
    [
        "book.example.org",
        "ftp://book.example.org",
        "https://",
        "https://[",
        "https://book.example.org/?a=1",
        "https://book.example.org/#a",
        "https://me@book.example.org",
    ],
)
def test_what_is_no_address_is_refused_naming_the_setting(wrong):
    with pytest.raises(SettingError, match="BAARI_URL"):
        gateways.read({"BAARI_URL": wrong})
