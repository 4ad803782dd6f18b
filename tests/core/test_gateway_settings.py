"""Settings of what messages lead to, and of who may hand on replies."""

import pytest

from app.core import gateways
from app.core.gateways import SettingError


@pytest.mark.parametrize("url", ["https://opd.example.org", "http://10.0.0.7:8000/"])
def test_links_lead_to_the_house(url):
    assert gateways.read({"BAARI_URL": url})["url"] == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "opd.example.org",
        "ftp://opd.example.org",
        "https://",
        "https://a.b/c",
        "https://[",
    ],
)
def test_what_is_no_address_of_a_house_is_refused(url):
    with pytest.raises(SettingError, match="BAARI_URL"):
        gateways.read({"BAARI_URL": url})


def test_a_secret_that_is_guessed_is_none():
    with pytest.raises(SettingError, match="BAARI_REPLIES_SECRET"):
        gateways.read({"BAARI_REPLIES_SECRET": "hospital"})
    assert gateways.read({})["replies"] == ""
