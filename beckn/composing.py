"""Where the network's door is put together, if the environment says which network."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import orjson
from flask import Flask

from app.core.settings import Settings
from beckn import door, jobs, receiving, settings
from beckn.context import Context
from beckn.dialects import core
from beckn.door import Answers, Network, NotDeliveredError
from beckn.settings import NetworkSettings
from beckn.trust import calling, keys, verifying
from beckn.trust.calling import AddressRefusedError, Answer, UnreachableError
from beckn.trust.errors import Flaw, SignatureError
from beckn.trust.keys import KeyRing
from beckn.trust.registry import HttpRegistry
from beckn.trust.signatures import parse

log = logging.getLogger("baari.network")

# What a signature of ours is good for: a try, and the clocks of others.
_LASTS = timedelta(minutes=5)


def init_app(app: Flask) -> None:
    """
    Hang the network's door into the app; it opens where a network is named.

    :raises SettingError: if a setting of the network, or its file of keys, is wrong
    """
    receiving.init_app(app)
    jobs.listen()
    ours: Settings = app.extensions["baari.settings"]
    found = settings.read(os.environ, ours)
    if found is not None:
        door.use(app, network(found, keys.load(found.keys), house=_house(found, ours)))


def network(found: NetworkSettings, ring: KeyRing, *, house: str) -> Network:
    """Put together who we are in a network; `house` is where links lead."""
    signing = _Signing(found.subscriber_id, ring)
    return Network(
        id=found.subscriber_id,
        url=found.url,
        who=_anybody if found.unsigned else _who(found, signing),
        do=partial(_do, house=house),
        sign=signing,
        post=partial(_post, private=found.private),
        domains=("dhp:",),
    )


def _house(found: NetworkSettings, ours: Settings) -> str:
    parts = urlsplit(found.url)
    return ours.url or f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class _Signing:
    """Our signature, by whichever of our keys is the newest by then."""

    subscriber_id: str
    ring: KeyRing

    def __call__(self, raw: bytes, *, now: datetime) -> Mapping[str, str]:
        signer = self.ring.signer(self.subscriber_id, now=now)
        return {"Authorization": signer.header(raw, now=now, lasts=_LASTS)}


def _do(
    action: str,
    context: Context,
    message: dict[str, Any],
    *,
    now: datetime,
    house: str,
) -> Answers:
    return core.answers(action, context, message, now=now, house=house)


def _who(found: NetworkSettings, signing: _Signing) -> door.Who:
    def ask(url: str, raw: bytes, headers: Mapping[str, str]) -> Answer:
        return calling.post(
            url, raw, headers, registered=found.registry, private=found.private
        )

    registry = HttpRegistry(
        found.registry, post=ask, sign=lambda raw, now: signing(raw, now=now)
    )

    def who(
        raw: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> verifying.Sender:
        return verifying.sender(raw, headers, parse=parse, registry=registry, now=now)

    return who


@dataclass(frozen=True, slots=True)
class _Claimed:
    """Who a message says it is from, which nobody vouches for: in development alone."""

    subscriber_id: str
    url: str


@dataclass(frozen=True, slots=True)
class _ClaimedSender:
    bap: _Claimed
    gateway: None = None


def _anybody(raw: bytes, *_: object, **__: object) -> _ClaimedSender:
    log.warning("a message is believed without a signature: BECKN_UNSIGNED=1")
    try:
        context = orjson.loads(raw)["context"]
        return _ClaimedSender(_Claimed(str(context["bap_id"]), str(context["bap_uri"])))
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise SignatureError(Flaw.MISSING) from None


def _post(
    url: str,
    raw: bytes,
    headers: Mapping[str, str],
    *,
    registered: str,
    private: bool,
) -> Answer:
    try:
        return calling.post(url, raw, headers, registered=registered, private=private)
    except AddressRefusedError as exc:
        raise NotDeliveredError(str(exc), final=True) from None
    except UnreachableError as exc:
        raise NotDeliveredError(str(exc)) from None
