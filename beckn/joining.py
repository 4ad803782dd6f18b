"""Join a network: what `trust` can do, put into the network's door."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from msgspec import Struct

from app.core.gateways import SettingError
from beckn.dialects.dialect import Dialect
from beckn.dialects.spoken import DIALECTS
from beckn.dialects.uhi import UHI
from beckn.door import (
    Do,
    Network,
    News,
    NotDeliveredError,
    OwnKey,
    Reply,
    Sender,
    Sign,
)
from beckn.settings import NetworkSettings
from beckn.trust import calling, verifying
from beckn.trust.calling import AddressRefusedError, UnreachableError
from beckn.trust.errors import Flaw, SignatureError
from beckn.trust.key_file import Ring
from beckn.trust.registry import HttpRegistry

log = logging.getLogger("baari.network")


def joined(
    settings: NetworkSettings, ring: Ring, do: Do, news: News | None = None
) -> Network:
    """
    Give the network of these settings, in which `do` does what is asked.

    `ring` gives our keys as they are at each use. `news` writes what buyers are told
    unasked.
    """

    def sign(raw: bytes, *, dialect: Dialect, now: datetime) -> Mapping[str, str]:
        signer = ring().signer(settings.subscriber_id, now=now)
        header = dialect.sign(signer, raw, now=now, lasts=dialect.lasts)
        return {verifying.BUYER: header}

    registries = {
        each.wire: _registry(settings, each, sign) for each in DIALECTS.values()
    }

    def who(
        raw: bytes, headers: Mapping[str, str], *, dialect: Dialect, now: datetime
    ) -> Sender:
        if settings.unsigned:
            return _unproved(raw, dialect)
        return verifying.sender(
            raw,
            headers,
            parse=dialect.parse,
            registry=registries[dialect.wire],
            now=now,
        )

    if settings.unsigned:
        log.warning("BECKN_UNSIGNED: everybody is believed to be who they say")
    return Network(
        id=settings.subscriber_id,
        url=settings.url,
        who=who,
        do=do,
        news=news,
        sign=sign,
        post=partial(_posted, private=settings.private),
        domains=settings.domains,
        key=partial(_key, ring, settings.subscriber_id),
        per_subscriber=settings.per_subscriber,
        per_address=settings.per_address,
    )


def _posted(
    url: str,
    raw: bytes,
    headers: Mapping[str, str],
    *,
    registered: str,
    private: bool,
) -> Reply:
    try:
        return calling.post(url, raw, headers, registered=registered, private=private)
    except AddressRefusedError as exc:
        raise NotDeliveredError(str(exc), final=True) from None
    except UnreachableError as exc:
        raise NotDeliveredError(str(exc)) from None


def _registry(settings: NetworkSettings, dialect: Dialect, sign: Sign) -> HttpRegistry:
    """Give the registry of who writes in a dialect; it is asked in the same."""
    url = settings.registry
    if dialect is UHI and settings.uhi_registry:
        url = settings.uhi_registry
    return HttpRegistry(
        url,
        post=lambda to, raw, headers: calling.post(
            to, raw, headers, registered=url, private=settings.private
        ),
        sign=lambda raw, now: sign(raw, dialect=dialect, now=now),
    )


def _key(ring: Ring, subscriber_id: str, *, now: datetime) -> OwnKey | None:
    found = ring()
    try:
        signer = found.signer(subscriber_id, now=now)
    except SettingError:
        return None
    ends = next(k.valid_until for k in found.signing if k.id == signer.key_id)
    return OwnKey(signer.key_id, ends)


class _Named(Struct, frozen=True):
    subscriber_id: str
    url: str
    key_id: str = ""

    def serves(self, domain: str) -> bool:
        return True


class _Unproved(Struct, frozen=True):
    bap: _Named
    gateway: _Named | None = None


def _unproved(raw: bytes, dialect: Dialect) -> Sender:
    """Take the message's word for it: development without a signature."""
    try:
        context = json.loads(raw)["context"]
        name, uri = dialect.buyer, f"{dialect.buyer.removesuffix('id')}uri"
        return _Unproved(_Named(str(context[name]), str(context[uri])))
    except (ValueError, KeyError, TypeError):
        raise SignatureError(Flaw.MISSING) from None
