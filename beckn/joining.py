"""Join a network: what `trust` can do, put into the network's door."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from beckn.door import Do, Network, NotDeliveredError, Reply
from beckn.settings import NetworkSettings
from beckn.trust import calling, verifying
from beckn.trust.calling import AddressRefusedError, UnreachableError
from beckn.trust.keys import KeyRing
from beckn.trust.registry import HttpRegistry
from beckn.trust.signatures import parse
from beckn.trust.verifying import Sender

# Longer than the longest call, so that a signature is valid when it is read.
LASTS = timedelta(seconds=60)


def joined(settings: NetworkSettings, ring: KeyRing, do: Do) -> Network:
    """Give the network of these settings, in which `do` does what is asked."""

    def sign(raw: bytes, *, now: datetime) -> Mapping[str, str]:
        signer = ring.signer(settings.subscriber_id, now=now)
        return {"Authorization": signer.header(raw, now=now, lasts=LASTS)}

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
        return verifying.sender(raw, headers, parse=parse, registry=registry, now=now)

    return Network(
        id=settings.subscriber_id,
        url=settings.url,
        who=who,
        do=do,
        sign=sign,
        post=post,
    )
