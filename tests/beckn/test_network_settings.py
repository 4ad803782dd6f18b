"""What the environment may say of the network, and what it may not."""

import pytest

from app.core.gateways import SettingError
from app.core.settings import Settings
from beckn import settings as network

GIVEN = {
    "BECKN_SUBSCRIBER_ID": "opd.example.org",
    "BECKN_URL": "https://opd.example.org/beckn/",
    "BECKN_REGISTRY_URL": "https://registry.example.org",
}
HERE = {
    "BECKN_URL": "http://127.0.0.1:8000/beckn",
    "BECKN_REGISTRY_URL": "http://127.0.0.1:9000",
    "BECKN_PRIVATE_CALLBACKS": "1",
}


def read(home, host="127.0.0.1", **given):
    house = Settings(secret_key="x" * 40, home=home, host=host)
    return network.read(given, house)


def test_nothing_set_is_no_network(tmp_path):
    assert read(tmp_path) is None
    assert read(tmp_path, **GIVEN | {"BECKN_SUBSCRIBER_ID": " "}) is None


def test_what_a_network_needs(tmp_path):
    found = read(tmp_path, **GIVEN)

    assert found.url == "https://opd.example.org/beckn"
    assert found.keys == tmp_path / "beckn_keys.json"
    assert (found.unsigned, found.private) == (False, False)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"BECKN_URL": ""}, "BECKN_URL"),
        ({"BECKN_URL": "http://opd.example.org"}, "BECKN_URL"),
        ({"BECKN_URL": "opd.example.org"}, "BECKN_URL"),
        ({"BECKN_URL": "https://["}, "BECKN_URL"),
        ({"BECKN_REGISTRY_URL": ""}, "BECKN_REGISTRY_URL"),
        ({"BECKN_UNSIGNED": "yes"}, "BECKN_UNSIGNED"),
        ({"BECKN_PRIVATE_CALLBACKS": "2"}, "BECKN_PRIVATE_CALLBACKS"),
        (
            {"BECKN_UHI_REGISTRY_URL": "http://uhi.example.org"},
            "BECKN_UHI_REGISTRY_URL",
        ),
        # Where others come by, everybody must sign.
        ({"BECKN_UNSIGNED": "1"}, "BECKN_UNSIGNED"),
    ],
)
def test_what_is_refused_names_the_setting(tmp_path, change, named):
    with pytest.raises(SettingError) as refused:
        read(tmp_path, **GIVEN | change)
    assert refused.value.name == named


def test_domains_are_those_of_dhp_unless_others_are_named(tmp_path):
    alone = read(tmp_path, **GIVEN)
    assert (alone.domains, alone.uhi_registry) == (("dhp:",), "")

    uhi = {
        "BECKN_DOMAINS": "dhp:, nic2004:85111,",
        "BECKN_UHI_REGISTRY_URL": "https://uhi.example.org/",
    }
    both = read(tmp_path, **GIVEN | uhi)
    assert both.domains == ("dhp:", "nic2004:85111")
    assert both.uhi_registry == "https://uhi.example.org"


def test_the_two_switches_of_development_stand_each_by_itself(tmp_path):
    private = read(tmp_path, **GIVEN | HERE)
    assert (private.unsigned, private.private) == (False, True)
    both = read(tmp_path, **GIVEN | HERE | {"BECKN_UNSIGNED": "1"})
    assert (both.unsigned, both.private) == (True, True)
    with pytest.raises(SettingError, match="BECKN_UNSIGNED"):
        read(tmp_path, host="192.0.2.1", **GIVEN | HERE | {"BECKN_UNSIGNED": "1"})
