"""Where a house is reached, as its messages link to it."""

import pytest

from app.core.gateways import SettingError, own_address


def test_it_is_what_is_set_without_the_last_slash():
    given = {"BAARI_URL": "https://book.example.org/opd/"}

    assert own_address(given, otherwise="") == "https://book.example.org/opd"


def test_unset_it_is_where_a_demo_listens():
    assert own_address({}, otherwise="http://127.0.0.1:8000") == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "wrong",
    [
        "book.example.org",
        "ftp://book.example.org",
        "https://",
        "https://[",
        "https://book.example.org/?a=1",
        "https://book.example.org/#a",
    ],
)
def test_what_is_no_address_is_refused_naming_the_setting(wrong):
    with pytest.raises(SettingError, match="BAARI_URL"):
        own_address({"BAARI_URL": wrong}, otherwise="")
