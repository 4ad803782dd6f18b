"""Join a network: what `trust` can do, put into the network's door."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from beckn.door import Do, Network, News, NotDeliveredError, Reply, Sender
from beckn.settings import NetworkSettings
from beckn.trust import calling, verifying
from beckn.trust.calling import AddressRefusedError, UnreachableError
from beckn.trust.errors import Flaw, SignatureError
from beckn.trust.keys import KeyRing
from beckn.trust.registry import HttpRegistry
from beckn.trust.signatures import parse

log = logging.getLogger("baari.network")

# Longer than the longest call, so that a signature is valid when it is read.
LASTS = timedelta(seconds=60)

# What of a network's domain we serve, by how it begins; versions come after.
DOMAINS = ("dhp:",)


def joined(
    settings: NetworkSettings, ring: KeyRing, do: Do, news: News | None = None
) -> Network:
    """
    Give the network of these settings, in which `do` does what is asked.

    `news` writes what buyers are told unasked.
    """

    def sign(raw: bytes, *, now: datetime) -> Mapping[str, str]:
        return ring.headers(settings.subscriber_id, raw, now=now, lasts=LASTS)

    def post(
        url: str, raw: bytes, headers: Mapping[str, str], *, registered: str
    ) -> Reply:
        try:
            return calling.post(
                url, raw, headers, registered=registered, private=settings.private
            )
        except AddressRefusedError as exc:
            raise NotDeliveredError(str(exc), final=True) from None
        except UnreachableError as exc:
            raise NotDeliveredError(str(exc)) from None

    registry = HttpRegistry(
        settings.registry,
        post=lambda url, raw, headers: calling.post(
            url, raw, headers, registered=settings.registry, private=settings.private
        ),
        sign=lambda raw, now: sign(raw, now=now),
    )

    def who(raw: bytes, headers: Mapping[str, str], *, now: datetime) -> Sender:
        if settings.unsigned:
            return _unproved(raw)
        return verifying.sender(raw, headers, parse=parse, registry=registry, now=now)

    if settings.unsigned:
        log.warning("BECKN_UNSIGNED: everybody is believed to be who they say")
    return Network(
        id=settings.subscriber_id,
        url=settings.url,
        who=who,
        do=do,
        news=news,
        sign=sign,
        post=post,
        domains=DOMAINS,
    )


@dataclass(frozen=True, slots=True)
class _Named:
    subscriber_id: str
    url: str


@dataclass(frozen=True, slots=True)
class _Unproved:
    bap: _Named
    gateway: _Named | None = None


def _unproved(raw: bytes) -> Sender:
    """Take the message's word for it: development without a signature."""
    try:
        context = json.loads(raw)["context"]
        return _Unproved(_Named(str(context["bap_id"]), str(context["bap_uri"])))
    except (ValueError, KeyError, TypeError):
        raise SignatureError(Flaw.MISSING) from None
