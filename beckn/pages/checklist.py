"""
What certification for UHI and DHP networks asks, and what proves it.

Each ask names tests, or looks at what was counted here, or says that it is not met.
"""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from beckn.actions import Action
from beckn.pages.evidence import Facts
from beckn.pages.wording import took
from beckn.trust.checking import SOON

# Within which a callback is asked to follow.
_CALLBACK = timedelta(seconds=5)
# Within which an ACK is.
_ACK_MS = 100
_UHI = "nic2004:"


class Proof(StrEnum):
    """Whether it is seen in this house, proved by tests alone, or not so."""

    MET = "met"
    TESTED = "tested"
    MISSING = "missing"


Found = tuple[Proof, str]
Look = Callable[[Facts], Found]


class Ask(Struct, frozen=True):
    """One thing that is asked, by whom; each of `tests` is a file and what in it."""

    what: str
    of: str
    look: Look
    tests: tuple[str, ...] = ()


class Row(Struct, frozen=True):
    ask: Ask
    proof: Proof
    words: str


def rows(facts: Facts) -> list[Row]:
    """Hold what is asked against what is there."""
    return [Row(ask, *ask.look(facts)) for ask in ASKS]


def tests_alone(_: Facts) -> Found:
    """Say that tests prove it, which need no look at the house."""
    return Proof.TESTED, "Its tests prove it; nothing here can show it."


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _signed(facts: Facts) -> Found:
    number = sum(each.number for each in facts.came.values())
    unsigned = sum(each.unsigned for each in facts.came.values())
    if unsigned:
        return (
            Proof.MISSING,
            f"{unsigned} of {_many(number, 'message')} came unverified.",
        )
    if not number:
        return Proof.TESTED, "No message came here yet."
    return (
        Proof.MET,
        f"{_many(number, 'message')} came, each verified before it was taken.",
    )


def _by_gateway(facts: Facts) -> Found:
    number = sum(each.by_gateway for each in facts.came.values())
    if not number:
        return Proof.TESTED, "No message came through a gateway yet."
    return (
        Proof.MET,
        f"{_many(number, 'message')} came through a gateway, signed by it too.",
    )


def _key(facts: Facts) -> Found:
    if facts.key is None:
        return Proof.MISSING, "No key of this house is valid now."
    told = f"{facts.key.id} signs until {facts.key.valid_until:%Y-%m-%d}"
    if facts.key.valid_until - facts.now < SOON:
        return Proof.MISSING, f"{told}: rotate it."
    return Proof.MET, f"{told}. `baari beckn doctor` compares it with the registry."


def _answers(*actions: Action) -> Look:
    def look(facts: Facts) -> Found:
        acked = {a: facts.answered[a].acked for a in actions if a in facts.answered}
        seen = [action for action in actions if acked.get(action)]
        lacking = [action.value for action in actions if action not in seen]
        told = ", ".join(f"{a.callback} ({acked[a]})" for a in seen)
        if lacking:
            before = f"Acknowledged: {told}. " if seen else ""
            return Proof.TESTED, f"{before}Not seen here: {', '.join(lacking)}."
        return Proof.MET, f"Acknowledged: {told}."

    return look


def _search(facts: Facts) -> Found:
    proof, words = _answers(Action.SEARCH)(facts)
    found = facts.answered.get(Action.SEARCH)
    if found is None or found.last is None:
        return proof, words
    return proof, f"{words} The last one went after {took(found.last)}."


def _soon(facts: Facts) -> Found:
    spans = {a: each.most for a, each in facts.answered.items() if each.most}
    if not spans:
        return Proof.TESTED, "Nothing was called back here yet."
    slowest = max(spans, key=lambda action: spans[action])
    told = f"Nineteen of twenty within {took(spans[slowest])}; slowest: {slowest}."
    return (Proof.MET if spans[slowest] <= _CALLBACK else Proof.MISSING), told


def _acks(facts: Facts) -> Found:
    if facts.ack_ms is None:
        return Proof.TESTED, "No message came here yet."
    told = f"99 of a hundred stood in the box within {facts.ack_ms:.0f} ms."
    return (Proof.MET if facts.ack_ms <= _ACK_MS else Proof.MISSING), told


def _limits(facts: Facts) -> Found:
    if not (facts.per_subscriber and facts.per_address):
        return Proof.MISSING, "There is no limit for each buyer or for each address."
    told = f"{facts.per_subscriber} a buyer, {facts.per_address} an address"
    seen = f"{_many(facts.braked, 'message')} came too fast in thirty days."
    return Proof.MET, f"At most {told}; {seen}"


def _arrive(facts: Facts) -> Found:
    dead = sum(each.dead for each in facts.answered.values())
    number = sum(each.number for each in facts.answered.values())
    if dead:
        return Proof.MISSING, f"Dead letters: {dead} of {_many(number, 'callback')}."
    if not number:
        return Proof.TESTED, "Nothing was called back here yet."
    return Proof.MET, f"{_many(number, 'callback')}, no dead letter."


def _news(facts: Facts) -> Found:
    if not facts.news:
        return Proof.TESTED, "Nothing was told unasked in thirty days."
    return Proof.MET, f"{_many(facts.news, 'message')} told unasked what the desk did."


def _uhi(facts: Facts) -> Found:
    served = ", ".join(facts.domains)
    if any(each.startswith(_UHI) for each in facts.domains):
        return Proof.TESTED, f"Domains served: {served}."
    return Proof.MISSING, f"UHI's domain is not served here; served: {served}."


def _forgets(facts: Facts) -> Found:
    return Proof.TESTED, f"People leave the boxes after {facts.kept_days} days."


def _registered(facts: Facts) -> Found:
    (doctors, shown), (known, places) = facts.doctors, facts.places
    told = f"{doctors} of {_many(shown, 'doctor')}, {known} of {_many(places, 'place')}"
    if shown and (doctors, known) == (shown, places):
        return Proof.MET, f"{told}: catalogs tell their ids."
    return Proof.MISSING, f"{told} have one. Set-up of a facility, Registry ids."


_B, _D, _U = "UHI and DHP", "DHP", "UHI"
_META = (
    "tests/beckn/test_callbacks.py"
    "::test_meta_questions_are_answered_under_their_own_names"
)
_AN_ORDER = "tests/beckn/test_network_orders.py::TestAnOrder"

ASKS: tuple[Ask, ...] = (
    Ask(
        "Each message is verified: raw bytes, key, role, clock, signer",
        _B,
        _signed,
        (
            "tests/beckn/test_trust.py::TestVerifying",
            "tests/beckn/test_signatures.py::TestPublished",
            "tests/beckn/test_signatures.py::TestRefused",
        ),
    ),
    Ask(
        "A gateway's signature is verified beside the buyer's",
        _B,
        _by_gateway,
        ("tests/beckn/test_receiving.py::test_a_gateway_vouches_for_a_search",),
    ),
    Ask(
        "A signature that fails is answered 401, and how to sign",
        _B,
        tests_alone,
        ("tests/beckn/test_receiving.py::TestSignature",),
    ),
    Ask(
        "The house has a valid key, and changes it with overlap",
        _B,
        _key,
        ("tests/beckn/test_trust.py::test_wait_until_they_are_used_and_overlap_then",),
    ),
    Ask(
        "The registry's challenge is answered at /on_subscribe",
        _B,
        tests_alone,
        ("tests/beckn/test_subscribing.py",),
    ),
    Ask(
        "search is answered by a catalog on on_search",
        _B,
        _search,
        ("tests/beckn/test_network_orders.py::TestSearch",),
    ),
    Ask(
        "select, init and confirm lead to an order",
        _D,
        _answers(Action.SELECT, Action.INIT, Action.CONFIRM),
        ("tests/beckn/test_network_whole.py",),
    ),
    Ask(
        "status, track, cancel, update, rating and support are answered",
        _D,
        _answers(
            Action.STATUS,
            Action.TRACK,
            Action.CANCEL,
            Action.UPDATE,
            Action.RATING,
            Action.SUPPORT,
        ),
        (_AN_ORDER,),
    ),
    Ask(
        "Reasons to cancel and categories to rate are told",
        _D,
        _answers(Action.REASONS, Action.CATEGORIES),
        (_META,),
    ),
    Ask(
        "A message is acknowledged within a tenth of a second",
        _B,
        _acks,
        ("tests/beckn/test_receiving.py::test_how_long_an_ack_took_is_kept",),
    ),
    Ask(
        "Each buyer and each address has a limit, and 429 beyond it",
        _B,
        _limits,
        ("tests/beckn/test_refused.py::TestBrakes",),
    ),
    Ask("Callbacks follow within five seconds", _B, _soon),
    Ask(
        "Each acknowledged message is called back, whatever breaks",
        _B,
        _arrive,
        ("tests/beckn/test_killed.py", "tests/beckn/test_callbacks.py::TestSending"),
    ),
    Ask(
        "Copies, stale messages and wrong order are told apart",
        _B,
        tests_alone,
        (
            "tests/beckn/test_receiving.py::TestDuplicate",
            "tests/beckn/test_receiving.py::TestStale",
            "tests/beckn/test_receiving.py::TestSequence",
        ),
    ),
    Ask(
        "init holds, confirm books once, and nothing is sold twice",
        _B,
        tests_alone,
        ("tests/beckn/test_network_race.py",),
    ),
    Ask(
        "Terms of payment are told, and what is prepaid is paid whole",
        _B,
        tests_alone,
        (
            "tests/beckn/test_prepaid_whole.py",
            "tests/beckn/test_uhi_prepaid.py",
        ),
    ),
    Ask(
        "What the desk does is told without being asked",
        _B,
        _news,
        ("tests/beckn/test_told_unasked.py", "tests/beckn/test_callbacks.py::TestNews"),
    ),
    Ask(
        "Messages keep to the published schema, and to a stricter one",
        _D,
        tests_alone,
        ("tests/beckn/test_messages_kept.py", "tests/beckn/test_flows_kept.py"),
    ),
    Ask(
        "An order is seen by its buyer alone",
        _B,
        tests_alone,
        ("tests/beckn/test_network_orders.py::test_is_seen_by_its_buyer_alone",),
    ),
    Ask(
        "People are forgotten after a while",
        _B,
        _forgets,
        ("tests/beckn/test_network_forgetting.py",),
    ),
    Ask(
        "Nobody is called but at the registry's address, never inside",
        _B,
        tests_alone,
        ("tests/beckn/test_calling.py",),
    ),
    Ask(
        "A form is filled before the second init (XInput)",
        _D,
        _answers(Action.INIT),
        ("tests/beckn/test_network_forms.py",),
    ),
    Ask(
        "UHI's domain and message shapes are spoken",
        _U,
        _uhi,
        ("tests/beckn/test_uhi_whole.py", "tests/beckn/test_uhi_kept.py"),
    ),
    Ask(
        "UHI's own signature is made and verified",
        _U,
        tests_alone,
        ("tests/beckn/test_signatures.py::TestOurVectors",),
    ),
    Ask(
        "Doctors bear their HPR id, the facility its HFR id",
        _U,
        _registered,
        ("tests/beckn/test_registry_ids.py",),
    ),
)
