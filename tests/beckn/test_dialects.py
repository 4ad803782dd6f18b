"""Which dialect a message is in, and what each of them must have."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from beckn.actions import Action
from beckn.context import Wire, stamp
from beckn.dialects import spoken
from beckn.dialects.core import CORE
from beckn.dialects.uhi import UHI
from beckn.dialects.uhi_errors import CODES, FLAWS, error
from beckn.problems import Code, Problem
from beckn.trust.errors import Flaw
from tests.beckn import buyers, uhi_buyers
from tests.factories import NOW


@pytest.mark.parametrize("version", ["0.7.1", "1.1.0", "2.0.0", 2, None])
@pytest.mark.parametrize(
    ("domain", "field", "dialect"),
    [
        ("dhp:consultation:0.1.0", "bap_id", CORE),
        ("ONDC:SRV13", "bap_id", CORE),
        ("nic2004:85111", "consumer_id", UHI),
        ("nic2004:85111:0.2", "consumer_id", UHI),
    ],
)
def test_it_is_told_by_domain_and_casing_and_never_by_the_version(
    version, domain, field, dialect
):
    context = {
        "domain": domain,
        field: "x",
        "version": version,
        "core_version": version,
    }

    assert spoken.of(context) is dialect
    assert spoken.guessed(json.dumps({"context": context}).encode()) is dialect


@pytest.mark.parametrize(
    ("context", "path", "words"),
    [
        ({"bapId": "x", "version": "1.1.0"}, "context", "bapId"),
        ({"bapId": "x", "bap_id": "x"}, "context", "v2"),
        ({"domain": "nic2004:85111", "bap_id": "x"}, "context.domain", "bap_id"),
        ({"domain": "dhp:a", "consumer_id": "x"}, "context.domain", "consumer_id"),
        ({"domain": "dhp:a", "buyerId": "x"}, "context.bap_id", "buyer"),
    ],
)
def test_what_nobody_here_writes_is_refused_by_name(context, path, words):
    with pytest.raises(Problem) as refused:
        spoken.of(context)

    assert (refused.value.code, refused.value.path) == (Code.INVALID, path)
    assert words in refused.value.message


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"7", b'{"context": "bap_id"}', b'{"context": {}}']
)
def test_of_what_cannot_be_read_none_is_told(raw):
    assert spoken.guessed(raw) is CORE


@pytest.mark.time_machine(NOW, tick=False)
def test_a_message_of_2_0_is_told_at_once_that_it_is_not_spoken(app, session):
    buyers.use(app, buyers.Buyer().network())
    context = {"domain": "dhp:consultation", "bapId": buyers.BAP, "action": "select"}
    sent = json.dumps({"context": context, "message": {}}).encode()

    answer = buyers.post(app, sent)

    buyers.use(app, None)
    assert answer.status_code == 400
    assert answer.json["error"]["message"] == "bapId: messages of v2 are not spoken"


@pytest.mark.parametrize("dialect", spoken.DIALECTS.values(), ids=spoken.DIALECTS)
def test_what_may_be_asked_is_read_and_what_is_answered_has_a_schema(dialect):
    for action in dialect.actions:
        assert asked_nothing(dialect, action) is not Code.NOT_APPLICABLE
        assert action.callback in dialect.schemas
    for action in set(Action) - dialect.actions:
        assert asked_nothing(dialect, action) is Code.NOT_APPLICABLE


def asked_nothing(dialect, action):
    """Read an empty message, and give by what it is refused, if it is."""
    try:
        dialect.command(action.value, {})
    except Problem as problem:
        return problem.code
    return None


def test_both_say_the_same_of_a_message_and_answer_each_in_its_own_way():
    core = spoken.read(buyers.body("init"))
    uhi = spoken.read(uhi_buyers.body("init"))

    assert (core.wire, uhi.wire) == (Wire.CORE, Wire.UHI)
    same = ("action", "bap_id", "bap_uri", "bpp_id", "bpp_uri", "timestamp", "ttl")
    for name in (*same, "city", "country", "transaction_id", "message_id"):
        assert getattr(core, name) == getattr(uhi, name)
    back = {"bpp_id": "us", "bpp_uri": "https://us/", "message_id": "m-1"}
    told = CORE.callback(core, "on_init", **back)
    assert (told["bap_id"], told["bpp_uri"]) == (buyers.BAP, "https://us")
    told = UHI.callback(uhi, "on_init", **back)
    assert (told["consumer_id"], told["provider_uri"]) == (buyers.BAP, "https://us")
    assert "ttl" not in told


def test_a_house_may_say_of_which_zone_times_without_one_are():
    sent = uhi_buyers.body(timestamp="2026-03-02T12:00:00")

    assert stamp(spoken.read(sent).timestamp) == "2026-03-02T06:30:00.000Z"
    utc = spoken.read(sent, zone=ZoneInfo("UTC"))
    assert stamp(utc.timestamp) == "2026-03-02T12:00:00.000Z"


def test_every_refusal_has_a_number_of_uhi_and_flaws_have_their_own():
    assert set(CODES) == set(Code)
    told = {flaw: error(Problem(Code.SIGNATURE, "", "", flaw))["code"] for flaw in Flaw}
    assert {**told, **FLAWS} == told
    assert told[Flaw.FALSE] == told[Flaw.EXPIRED] == "UHI-1405"
    assert error(Problem(Code.INTERNAL, "", "x")) == {
        "type": "CORE-ERROR",
        "code": "UHI-1407",
        "message": "x",
    }


def test_a_path_is_told_by_the_names_of_uhi():
    of = "message.order.fulfillments[0].customer.person.name"

    told = error(Problem(Code.INVALID, of, "who comes is missing"))

    assert told["path"] == "message.order.customer.person.name"


def test_a_copy_is_known_by_its_bytes_only_where_it_has_no_name():
    named = spoken.read(uhi_buyers.body())
    nameless = spoken.read(uhi_buyers.body(message_id="t-1"))

    assert UHI.known_as(named, b"a") == UHI.known_as(named, b"b") == "m-1"
    assert UHI.known_as(nameless, b"a") == UHI.known_as(nameless, b"a")
    assert UHI.known_as(nameless, b"a") != UHI.known_as(nameless, b"b")
    assert UHI.lasts == timedelta(seconds=10)
    assert named.timestamp == NOW
