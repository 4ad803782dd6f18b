"""What may be wrong with our part in a network, and how to mend it."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from msgspec import Struct

from app.core.gateways import SettingError
from beckn.settings import NetworkSettings
from beckn.trust import challenges
from beckn.trust.calling import AddressRefusedError, Answer, UnreachableError
from beckn.trust.challenges import ChallengeError
from beckn.trust.errors import SignatureError
from beckn.trust.keys import KeyRing
from beckn.trust.registry import KeyName, Registry, Role, Subscriber
from beckn.trust.signatures import SKEW

# A key that ends sooner is one to rotate now.
SOON = timedelta(days=30)

# Post these bytes to this address, signed.
Post = Callable[[str, bytes], Answer]


class Finding(Struct, frozen=True):
    """One thing that was looked at; `remedy` is empty where all is well."""

    what: str
    found: str
    remedy: str = ""


def findings(
    network: NetworkSettings,
    ring: KeyRing,
    registry: Registry,
    post: Post,
    *,
    now: datetime,
) -> Iterator[Finding]:
    """Look at one thing after the other, each by itself."""
    yield _keys(ring, network, now=now)
    yield _registry_key(network)
    yield _clock(network, post, now=now)
    yield _entry(network, ring, registry, now=now)
    yield _reach(network, post)


def catalog(shown: int, free: int) -> Finding:
    """Tell whether a search finds anything: who is shown, and who has free places."""
    if not shown:
        remedy = "Show doctors and visits to patients, in the set-up of a facility."
        return Finding("catalog", "nobody is shown to patients", remedy)
    found = f"{free} of {shown} doctors have free places in the next days"
    return Finding("catalog", found, "" if free else "Give them hours to be booked in.")


def _keys(ring: KeyRing, network: NetworkSettings, *, now: datetime) -> Finding:
    try:
        signer = ring.signer(network.subscriber_id, now=now)
    except SettingError as exc:
        return Finding("keys", exc.problem, "Run `baari beckn keys rotate`.")
    waiting = ring.waiting(now=now)
    if waiting:
        found = f"{waiting[-1].id} waits for the registry to know it"
        return Finding("keys", found, "Run `baari beckn subscribe`.")
    ends = next(k.valid_until for k in ring.signing if k.id == signer.key_id)
    found = f"{signer.key_id} signs until {ends:%Y-%m-%d}"
    soon = "Run `baari beckn keys rotate`, then `baari beckn subscribe`."
    return Finding("keys", found, soon if ends - now < SOON else "")


def _registry_key(network: NetworkSettings) -> Finding:
    try:
        challenges.registry_key(network.registry_key)
    except ChallengeError:
        remedy = "Set BECKN_REGISTRY_KEY to the X25519 key the network publishes."
        return Finding("registry key", "it is missing or no such key", remedy)
    return Finding("registry key", "it can be read")


def _clock(network: NetworkSettings, post: Post, *, now: datetime) -> Finding:
    try:
        told = post(f"{network.registry}/lookup", _asking(network)).date
        theirs = parsedate_to_datetime(told)
    except (AddressRefusedError, UnreachableError) as exc:
        remedy = "See to BECKN_REGISTRY_URL, and to the way from here to there."
        return Finding("clock", f"the registry was not asked: {exc}", remedy)
    except ValueError:
        return Finding("clock", "the registry tells no time to compare with")
    away = abs(theirs.replace(tzinfo=theirs.tzinfo or UTC) - now)
    found = f"{away.total_seconds():.0f} s from the registry's"
    # Their clock is told in whole seconds.
    wrong = away > SKEW + timedelta(seconds=1)
    return Finding("clock", found, "Set the clock by NTP." if wrong else "")


def _entry(
    network: NetworkSettings, ring: KeyRing, registry: Registry, *, now: datetime
) -> Finding:
    remedy = "Run `baari beckn subscribe`, and wait for the network to approve it."
    try:
        signer = ring.signer(network.subscriber_id, now=now)
        key = KeyName(signer.subscriber_id, signer.key_id)
        ours = registry.find(key, Role.BPP, now=now, fresh=True)
    except (SettingError, SignatureError) as exc:
        return Finding("registry entry", f"we are not in it: {exc}", remedy)
    other = _differs(ours, network, bytes(signer.private.verify_key))
    if other:
        return Finding("registry entry", f"its {other} is not ours", remedy)
    return Finding("registry entry", f"{signer.key_id} at {ours.url}")


def _differs(entry: Subscriber, network: NetworkSettings, public: bytes) -> str:
    if bytes(entry.public) != public:
        return "key"
    return "" if entry.url.rstrip("/") == network.url else "address"


def _reach(network: NetworkSettings, post: Post) -> Finding:
    what, remedy = "reach", "Have BECKN_URL lead to /beckn of this house over https."
    try:
        # A question without a challenge: our own door knows what to say to it.
        status = post(f"{network.url}/on_subscribe", b"{}").status
    except (AddressRefusedError, UnreachableError) as exc:
        return Finding(what, f"{network.url} was not reached: {exc}", remedy)
    if status != HTTPStatus.BAD_REQUEST:
        return Finding(what, f"{network.url} answered {status}, not as we do", remedy)
    return Finding(what, f"{network.url} leads here")


def _asking(network: NetworkSettings) -> bytes:
    return json.dumps({"subscriber_id": network.subscriber_id}).encode()
