"""Whatever is sent to the network's end points, signed or not, is no fault of ours."""

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from beckn.actions import Action
from tests.beckn import buyers, network_api
from tests.beckn.buyers import Buyer, signed
from tests.factories import NOW

pytestmark = [pytest.mark.time_machine(NOW, tick=False), pytest.mark.long]

DOCUMENT = network_api.document()
API = schemathesis.openapi.from_dict(DOCUMENT)
# Bounded: the same cases on each run.
BOUNDED = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def door(app, session):
    """Open the door; give who posts there."""
    buyers.use(app, Buyer().network())
    yield app.test_client()
    buyers.use(app, None)


def cases(path, mode):
    return API[path]["POST"].as_strategy(generation_mode=mode)


def modes():
    return pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda m: m.value)


@modes()
@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_an_unsigned_message_of_any_shape_is_refused(door, path, mode):
    @BOUNDED
    @given(cases(path, mode))
    def sends(case):
        sent = _bytes(case.body)
        answer = door.post(path, data=sent, content_type="application/json")

        # No challenge is answered where no registry is named: 404.
        assert answer.status_code in {400, 401, 404, 413}, answer.text

    sends()


@modes()
@pytest.mark.parametrize("action", Action)
def test_a_signed_message_of_any_shape_is_taken_or_refused(door, action, mode):
    path = f"/beckn/{action}"

    @BOUNDED
    @given(cases(path, mode))
    def sends(case):
        sent = _bytes(case.body)
        headers = {"Content-Type": "application/json", **signed(sent)}
        answer = door.post(path, data=sent, headers=headers)

        assert answer.status_code in {200, 400, 401}, answer.text
        assert answer.json["message"]["ack"]["status"] in {"ACK", "NACK"}

    sends()


def _bytes(sent):
    try:
        return orjson.dumps(sent)
    except TypeError:
        # What is no JSON at all.
        return str(sent).encode(errors="replace")
