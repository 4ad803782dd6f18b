"""What the environment may say of the network, and what it may not."""

import base64
from datetime import UTC, datetime

import pytest

from app.core.gateways import SettingError
from app.core.settings import Settings
from beckn import settings as network

NOW = datetime(2026, 3, 2, 4, 31, tzinfo=UTC)
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


def read(home, house=None, **given):
    house = Settings(secret_key="x" * 40, home=home, **house or {})
    return network.read(given, house)


def test_nothing_set_is_no_network(tmp_path):
    assert read(tmp_path) is None
    assert read(tmp_path, **GIVEN | {"BECKN_SUBSCRIBER_ID": " "}) is None


def test_what_a_network_needs(tmp_path):
    found = read(tmp_path, **GIVEN)

    assert found.url == "https://opd.example.org/beckn"
    assert found.keys == tmp_path / "beckn_keys.json"
    assert (found.unsigned, found.private) == (False, False)
    assert (found.per_subscriber, found.per_address) == ("1200/minute", "6000/minute")
    few = read(tmp_path, **GIVEN, BECKN_PER_SUBSCRIBER="5 per second")
    assert few.per_subscriber == "5 per second"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"BECKN_URL": ""}, "BECKN_URL"),
        ({"BECKN_URL": "http://opd.example.org"}, "BECKN_URL"),
        ({"BECKN_URL": "opd.example.org"}, "BECKN_URL"),
        ({"BECKN_URL": "https://["}, "BECKN_URL"),
        ({"BECKN_REGISTRY_URL": ""}, "BECKN_REGISTRY_URL"),
        ({"BECKN_PER_SUBSCRIBER": "many"}, "BECKN_PER_SUBSCRIBER"),
        ({"BECKN_PER_ADDRESS": "5"}, "BECKN_PER_ADDRESS"),
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


KEYS = {
    "BECKN_SIGNING_KEY": base64.b64encode(b"s" * 32).decode(),
    "BECKN_SIGNING_KEY_ID": "k1",
    "BECKN_SIGNING_KEY_VALID": "2026-01-01/2027-01-01",
    "BECKN_ENCRYPTION_KEY": base64.b64encode(b"e" * 32).decode(),
}


def test_keys_of_the_environment_are_read_and_never_shown(tmp_path):
    found = read(tmp_path, **GIVEN, **KEYS)

    signer = found.ring.signer("us", now=NOW)
    assert signer.key_id == "k1"
    assert bytes(signer.private) == b"s" * 32
    for name in ("BECKN_SIGNING_KEY", "BECKN_ENCRYPTION_KEY"):
        assert KEYS[name] not in f"{found!r} {found.ring!r}"
    # Some tools write the public half behind it.
    both = b"s" * 32 + bytes(signer.private.verify_key)
    written = {"BECKN_SIGNING_KEY": base64.b64encode(both).decode()}
    assert read(tmp_path, **GIVEN, **KEYS | written).ring.signer("us", now=NOW)
    assert read(tmp_path, **GIVEN).ring is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BECKN_SIGNING_KEY", "c2VjcmV0"),
        ("BECKN_SIGNING_KEY", "secret, and no base64"),
        ("BECKN_SIGNING_KEY", base64.b64encode(b"s" * 64).decode()),
        ("BECKN_SIGNING_KEY_ID", ""),
        ("BECKN_SIGNING_KEY_ID", "k|1"),
        ("BECKN_SIGNING_KEY_VALID", ""),
        ("BECKN_SIGNING_KEY_VALID", "2027-01-01/2026-01-01"),
        ("BECKN_ENCRYPTION_KEY", ""),
        ("BECKN_ENCRYPTION_KEY", "c2VjcmV0"),
    ],
)
def test_keys_that_are_none_are_told_without_a_word_of_them(tmp_path, name, value):
    with pytest.raises(SettingError) as refused:
        read(tmp_path, **GIVEN, **KEYS | {name: value})

    assert refused.value.name == name
    assert "cret" not in str(refused.value)


def test_the_two_switches_of_development_stand_each_by_itself(tmp_path):
    private = read(tmp_path, **GIVEN | HERE)
    assert (private.unsigned, private.private) == (False, True)
    both = read(tmp_path, **GIVEN | HERE | {"BECKN_UNSIGNED": "1"})
    assert (both.unsigned, both.private) == (True, True)


@pytest.mark.parametrize(
    "reached",
    [
        {"host": "192.0.2.1"},
        {"host": "0.0.0.0"},
        {"url": "https://opd.example.org"},
        {"proxies": 1},
    ],
)
def test_nobody_is_believed_unsigned_where_others_come_by(tmp_path, reached):
    with pytest.raises(SettingError, match="BECKN_UNSIGNED"):
        read(tmp_path, reached, **GIVEN | HERE | {"BECKN_UNSIGNED": "1"})
