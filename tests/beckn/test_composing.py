"""The environment opens the network's door, or leaves it shut and says why."""

import base64
from datetime import UTC, datetime

import pytest

from app.core.gateways import SettingError
from beckn import door
from beckn.trust import keys
from wsgi import create_app

GIVEN = {
    "BECKN_SUBSCRIBER_ID": "opd.example.org",
    "BECKN_URL": "https://opd.example.org/beckn",
    "BECKN_REGISTRY_URL": "https://registry.example.org",
}


@pytest.fixture
def compose(app, monkeypatch, tmp_path):
    """Compose an app like the one of these tests, with more said of the network."""
    path = tmp_path / "keys.json"

    def composed(**given):
        for name, value in (GIVEN | {"BECKN_KEYS": str(path)} | given).items():
            monkeypatch.setenv(name, value)
        return create_app(app.extensions["baari.settings"])

    return composed, path


def test_a_house_that_names_no_network_is_in_none(app):
    assert door.network_of(app) is None
    assert app.test_client().post("/beckn/search", json={}).status_code == 404


def test_keys_open_it_and_without_them_it_stays_shut(compose, caplog):
    composed, path = compose
    assert door.network_of(composed()) is None
    assert "baari beckn keys new" in caplog.text

    ring = keys.new_ring(now=datetime.now(UTC))
    keys.save(ring, path)

    found = composed()
    network = door.network_of(found)
    assert network.id == "opd.example.org"
    (key,) = ring.signing
    known = network.key(now=datetime.now(UTC))
    assert (known.id, known.valid_until) == (key.id, key.valid_until)
    assert network.key(now=key.valid_until) is None
    answer = found.test_client().post("/beckn/search", json={"context": {}})
    assert answer.status_code == 401


def test_a_registry_key_that_is_none_is_a_setting_that_is_wrong(compose):
    composed, path = compose
    keys.save(keys.new_ring(now=datetime.now(UTC)), path)
    with pytest.raises(SettingError, match="BECKN_REGISTRY_KEY"):
        composed(BECKN_REGISTRY_KEY=base64.b64encode(b"x" * 44).decode())
