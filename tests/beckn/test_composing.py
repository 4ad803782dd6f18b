"""The environment opens the network's door, or leaves it shut and says why."""

import base64
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete

from app.core.db import db, transaction
from app.core.gateways import SettingError
from beckn import door
from beckn.refused import Refused
from beckn.tallies import Tally
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
        made.append(create_app(app.extensions["baari.settings"]))
        return made[-1]

    made = []
    yield composed, path
    for each in made:
        with each.app_context(), transaction():
            # What it refused was written down outside the transaction of this test.
            db.session.execute(delete(Refused))
            db.session.execute(delete(Tally))
        with each.app_context():
            db.engine.dispose()


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


HERE = {
    "BECKN_URL": "http://127.0.0.1:8000/beckn",
    "BECKN_REGISTRY_URL": "http://127.0.0.1:9000",
    "BECKN_PRIVATE_CALLBACKS": "1",
}


def test_staff_are_warned_on_each_page_while_everybody_is_believed(compose):
    composed, path = compose
    keys.save(keys.new_ring(now=datetime.now(UTC)), path)

    def page(**given):
        return composed(**HERE, **given).test_client().get("/sign-in").text

    assert "BECKN_UNSIGNED" not in page()
    warned = page(BECKN_UNSIGNED="1")
    assert "Not for real use" in warned
    assert "BECKN_UNSIGNED is on: anybody" in warned


def test_keys_of_the_environment_open_it_as_well(compose):
    composed, _ = compose
    given = {
        "BECKN_SIGNING_KEY": base64.b64encode(b"s" * 32).decode(),
        "BECKN_SIGNING_KEY_ID": "k1",
        "BECKN_SIGNING_KEY_VALID": "2026-01-01/2099-01-01",
        "BECKN_ENCRYPTION_KEY": base64.b64encode(b"e" * 32).decode(),
    }

    assert door.network_of(composed(**given)).id == "opd.example.org"


def test_a_registry_key_that_is_none_is_a_setting_that_is_wrong(compose):
    composed, path = compose
    keys.save(keys.new_ring(now=datetime.now(UTC)), path)
    with pytest.raises(SettingError, match="BECKN_REGISTRY_KEY"):
        composed(BECKN_REGISTRY_KEY=base64.b64encode(b"x" * 44).decode())
