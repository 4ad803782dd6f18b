"""The shell of the network, and the question of its registry."""

import base64
import json
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from app.core.gateways import SettingError
from app.doors.brakes import limiter
from app.doors.shell import Baari
from beckn import challenged
from beckn.shell import beckn
from beckn.trust import keys
from tests import factories as make
from tests.beckn.buying import show
from tests.beckn.loopback import serving
from tests.rooms.clinic import Clinic

REGISTRY = X25519PrivateKey.generate()
WHO = "bpp.clinic.example"


def der(key: X25519PublicKey):
    raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(raw).decode()


REGISTRY_KEY = der(REGISTRY.public_key())


def asked(answer, to):
    padder = padding.PKCS7(128).padder()
    padded = padder.update(answer.encode()) + padder.finalize()
    # As another library than ours has it.
    shared = REGISTRY.exchange(X25519PublicKey.from_public_bytes(bytes(to)))
    cipher = Cipher(algorithms.AES(shared), modes.ECB()).encryptor()
    return base64.b64encode(cipher.update(padded) + cipher.finalize()).decode()


class House:
    """A registry that takes in whoever asks, and a house on the same loopback."""

    def __init__(self):
        self.entries = []
        self.here = 400
        self.status = "SUBSCRIBED"

    def __call__(self, path, body):
        told = json.loads(body)
        if path == "/subscribe":
            self.entries.append(told | {"status": self.status})
            return 200, {}, b'{"status": "UNDER_SUBSCRIPTION"}'
        if path == "/lookup":
            return 200, {}, json.dumps(self.entries).encode()
        return self.here, {}, b"{}"


@pytest.fixture
def house():
    return House()


@pytest.fixture
def environ(house, tmp_path):
    with serving(house) as (url, _):
        yield {
            "BAARI_HOME": str(tmp_path),
            "BECKN_SUBSCRIBER_ID": WHO,
            "BECKN_URL": f"{url}/beckn",
            "BECKN_REGISTRY_URL": url,
            "BECKN_REGISTRY_KEY": REGISTRY_KEY,
            "BECKN_PRIVATE_CALLBACKS": "1",
        }


@pytest.fixture
def shell(app, session, environ):
    class Here(Baari):
        """A house of which the servers run already."""

        @contextmanager
        def app(self):
            yield app

    def run(*words):
        return CliRunner().invoke(beckn, words, obj=Here(lambda _: app, environ))

    return run


@pytest.fixture
def clinic(session):
    found = Clinic(tokens=1)
    show(found.place, found.rao)
    found.visit = make.kind(minutes=30)
    return found


def keys_of_another():
    found = keys.new_ring(now=datetime.now(UTC)).signing[0]
    return bytes(found.private.verify_key)


class TestKeys:
    def test_are_made_once_and_shown_by_their_public_parts_alone(self, shell, tmp_path):
        made = shell("keys", "new")

        assert shell("keys", "show").output == made.output
        assert shell("keys", "new").exit_code == 1
        secret = json.loads((tmp_path / "beckn_keys.json").read_text())
        assert secret["signing"][0]["seed"] not in made.output
        assert secret["encryption"] not in made.output

    def test_are_shown_with_their_kind_to_who_wants_it(self, shell):
        plain = json.loads(shell("keys", "new").output)

        der = json.loads(shell("keys", "show", "--der").output)

        read = load_der_public_key(base64.b64decode(der[0]["signing_public_key"]))
        raw = base64.b64decode(plain[0]["signing_public_key"])
        assert read.public_bytes_raw() == raw
        assert der[0]["encr_public_key"] == plain[0]["encr_public_key"]

    def test_that_rotate_are_both_made_known(self, shell, house):
        shell("keys", "new")
        shell("keys", "rotate")

        said = shell("subscribe")

        assert said.exit_code == 0, said.output
        assert said.output.count("UNDER_SUBSCRIPTION") == 2
        assert len({each["signing_public_key"] for each in house.entries}) == 2

    def test_sign_when_the_registry_knows_them_and_not_before(self, shell, house):
        shell("keys", "new")
        shell("subscribe")
        old = shell("doctor").output
        shell("keys", "rotate")
        house.status = "UNDER_SUBSCRIPTION"

        said = shell("subscribe")
        assert "Run `baari beckn keys use`" in said.output
        assert "signs from now on" not in said.output
        assert "waits for the registry" in shell("doctor").output
        assert "does not know" in shell("keys", "use").output

        house.entries[-1]["status"] = "SUBSCRIBED"
        used = shell("keys", "use")

        assert used.exit_code == 0, used.output
        assert "signs from now on" in used.output
        assert shell("doctor").output.splitlines()[0] != old.splitlines()[0]
        assert "No key waits" in shell("keys", "use").output

    def test_of_somebody_else_under_our_name_are_not_taken_for_ours(self, shell, house):
        shell("keys", "new")
        shell("keys", "rotate")
        house.status = "UNDER_SUBSCRIPTION"
        shell("subscribe")
        other = base64.b64encode(keys_of_another()).decode()
        house.entries[-1] |= {"status": "SUBSCRIBED", "signing_public_key": other}

        assert shell("keys", "use").exit_code == 1
        assert shell("keys", "use", "--anyway").exit_code == 0

    def test_may_be_those_of_the_environment(self, shell, environ):
        environ |= {
            "BECKN_SIGNING_KEY": base64.b64encode(b"s" * 32).decode(),
            "BECKN_SIGNING_KEY_ID": "k-env",
            "BECKN_SIGNING_KEY_VALID": "2026-01-01/2099-01-01",
            "BECKN_ENCRYPTION_KEY": base64.b64encode(b"e" * 32).decode(),
        }

        assert json.loads(shell("keys", "show").output)[0]["key_id"] == "k-env"
        assert "UNDER_SUBSCRIPTION" in shell("subscribe").output
        assert shell("doctor").output.count("mend") == 1
        for words in (["new"], ["rotate"], ["use"]):
            refused = shell("keys", *words)
            assert refused.exit_code == 1
            assert "in the environment" in refused.output

    def test_are_not_spoken_of_where_no_network_is_joined(self, tmp_path):
        baari = Baari(lambda settings: None, {"BAARI_HOME": str(tmp_path)})

        said = CliRunner().invoke(beckn, ["keys", "show"], obj=baari)

        assert isinstance(said.exception, SettingError)
        assert said.exception.name == "BECKN_SUBSCRIBER_ID"


@pytest.mark.usefixtures("clinic")
class TestDoctor:
    def test_finds_nothing_where_all_is_well(self, shell):
        shell("keys", "new")
        shell("subscribe")

        said = shell("doctor")

        assert said.exit_code == 0, said.output
        assert said.output.count("good") == 6
        assert "catalog: 1 of 1 doctors have free places" in said.output

    @pytest.mark.parametrize(
        ("change", "ill"),
        [
            ({"signing_public_key": base64.b64encode(b"\1" * 32).decode()}, "its key"),
            ({"url": "https://other.example.org"}, "its address"),
            ({"type": "BAP"}, "we are not in it"),
        ],
    )
    def test_compares_the_entry_of_the_registry(self, shell, house, change, ill):
        shell("keys", "new")
        shell("subscribe")
        house.entries[0] |= change

        said = shell("doctor")

        assert said.exit_code == 1
        assert f"mend  registry entry: {ill}" in said.output
        assert said.output.count("mend") == 1

    def test_tells_that_our_address_leads_elsewhere(self, shell, house):
        shell("keys", "new")
        shell("subscribe")
        house.here = 404

        said = shell("doctor")

        assert "answered 404" in said.output
        assert "Have BECKN_URL lead" in said.output

    def test_tells_that_a_search_would_find_nothing(self, shell, clinic):
        shell("keys", "new")
        shell("subscribe")
        make.away(clinic.place, clinic.rao, datetime.now(UTC), 9 * 24 * 60)
        full = shell("doctor")
        show(clinic.place, clinic.rao, public=False)

        said = shell("doctor")

        assert "mend  catalog: 0 of 1 doctors" in full.output
        assert "Give them hours" in full.output
        assert "mend  catalog: nobody is shown" in said.output
        assert (full.exit_code, said.exit_code) == (1, 1)

    def test_tells_that_the_database_is_away(self, environ):
        def none(settings):
            raise SettingError("DATABASE_URL", "nobody answers", "Start it")

        environ |= {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}
        run = CliRunner()
        run.invoke(beckn, ["keys", "new"], obj=Baari(none, environ))

        said = run.invoke(beckn, ["doctor"], obj=Baari(none, environ))

        assert "mend  catalog: the database was not asked" in said.output
        assert said.exit_code == 1


class TestChallenge:
    @pytest.fixture
    def ring(self):
        return keys.new_ring(now=datetime.now(UTC))

    @pytest.fixture
    def door(self, app, ring):
        limiter.reset()
        challenged.use(app, lambda: ring, subscriber_id=WHO, registry_key=REGISTRY_KEY)
        yield app.test_client()
        app.extensions.pop("beckn_challenge")
        limiter.reset()

    @pytest.mark.parametrize("named", [{}, {"subscriber_id": WHO}])
    def test_is_answered(self, door, ring, named):
        body = named | {"challenge": asked("tell me", ring.encryption.public_key)}

        said = door.post("/beckn/on_subscribe", json=body)

        assert said.json == {"answer": "tell me"}

    def test_that_is_not_for_us_is_refused(self, door, ring):
        ours = asked("tell me", ring.encryption.public_key)
        other = asked(
            "tell me", keys.new_ring(now=datetime.now(UTC)).encryption.public_key
        )
        bodies = [
            {"challenge": other},
            {"challenge": ours, "subscriber_id": "other.example.org"},
            {"challenge": 7},
            {"challenge": "not base64"},
            {},
            [],
        ]

        answers = [door.post("/beckn/on_subscribe", json=each) for each in bodies]

        assert {each.status_code for each in answers} == {400}
        assert all("challenge" in each.json["error"]["message"] for each in answers)

    def test_key_of_encryption_is_shown_as_registries_read_it(self, shell):
        told = json.loads(shell("keys", "new").output)

        found = load_der_public_key(base64.b64decode(told[0]["encr_public_key"]))

        assert isinstance(found, X25519PublicKey)
