"""A context is read leniently, never guessed; whatever comes is read or refused."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beckn import context, durations, envelopes, problems
from beckn.actions import Action
from beckn.context import Wire
from beckn.dialects import spoken
from beckn.envelopes import Verdict
from beckn.problems import Code, Problem
from tests.beckn.buyers import body
from tests.factories import NOW

_FIELDS = [*body()["context"], "bap_url", "consumer_id", "city", "bapId"]
_ODD = st.sampled_from(
    [None, True, 0, -1, 1.5, [], {}, [{}], {"code": 1}, {"code": "x"}, "", "PT1S", "\n"]
) | st.text(max_size=9)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(_FIELDS), _ODD, max_size=4), st.booleans())
def test_whatever_comes_is_read_or_refused_by_name(changed, whole):
    sent = {**(body()["context"] if whole else {}), **changed}

    assert outcome(sent).startswith("context")


def outcome(sent):
    """Read a context, and give the path that is refused, or "context" if none is."""
    try:
        spoken.read({"context": sent})
    except Problem as problem:
        return problem.path if problem.code is Code.INVALID else str(problem)
    return "context"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("PT30S", 30),
        ("PT0.5S", 0.5),
        ("PT1H2M3S", 3723),
        ("P1D", 86400),
        ("P2W", 1209600),
        ("P1DT1S", 86401),
        ("P1M", 2592000),
        ("P1Y", 31536000),
    ],
)
def test_durations_have_a_length(written, seconds):
    assert durations.read(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "written",
    ["", "P", "PT", "P1DT", "30", "pt30s", "PT30", "P1S", "PT\u0661S", " PT1S"],
)
def test_what_says_no_length_is_no_duration(written):
    with pytest.raises(ValueError, match="not a duration"):
        durations.read(written)


def test_a_time_that_tells_no_zone_is_of_the_provider():
    sent = body(timestamp="2026-03-02 10:02")

    read = spoken.read(sent, zone=ZoneInfo("Asia/Kolkata"))

    assert context.stamp(read.timestamp) == "2026-03-02T04:32:00.000Z"


@pytest.mark.parametrize(
    ("field", "known"),
    [("bap_id", Wire.CORE), ("consumer_id", Wire.UHI)],
)
def test_a_network_is_known_by_how_it_writes_and_never_by_its_version(field, known):
    assert spoken.of({field: "x", "version": "2.0.0"}).wire is known


def test_a_duration_left_out_is_thirty_seconds():
    assert spoken.read(body(ttl=None)).stale_at == NOW + timedelta(seconds=30)


def test_every_refusal_has_a_number_and_those_of_different_kinds_differ():
    assert set(problems.CORE) == set(Code)
    assert len(set(problems.CORE.values())) == len(Code)


def test_twelve_messages_have_twelve_answers():
    answers = {action.callback for action in Action}

    assert len(answers) == len(Action) == 12
    assert {"on_search", "on_rating", "cancellation_reasons"} < answers


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"OK", b"[]", b"null", b"\xff", b'{"message": "ACK"}'),
        *(b'{"message": {"ack": 1}}', b'{"message": {"ack": {"status": "MAYBE"}}}'),
    ],
)
def test_what_says_neither_yes_nor_no_is_neither(answer):
    assert envelopes.verdict(answer) == (None, "")


def test_answers_are_read_as_they_are_written():
    error = problems.core(Problem(Code.STALE, "context.timestamp", "late"))

    assert envelopes.verdict(envelopes.ack(None)) == (Verdict.ACK, "")
    assert envelopes.verdict(envelopes.nack(error, {"a": 1})) == (
        Verdict.NACK,
        orjson.dumps(error).decode(),
    )
