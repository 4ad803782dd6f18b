"""Somebody in the network: keys of their own, and who of the others is believed."""

import base64
from collections.abc import Mapping
from datetime import timedelta

from app.core import clock
from beckn.trust import calling, keys
from beckn.trust.calling import Answer
from beckn.trust.registry import HttpRegistry, KeyName, Role, Subscriber
from beckn.trust.signatures import Signer, parse
from drills import registry

LASTS = timedelta(seconds=30)
JSON = {"Content-Type": "application/json"}


class Party:
    """A subscriber of this machine's network, and the registry it asks."""

    def __init__(self, subscriber_id: str, role: Role, asked: str) -> None:
        self.id, self.role, self.registry = subscriber_id, role, asked
        self._ring = keys.new_ring(now=clock.now())
        self._known = HttpRegistry(
            asked,
            post=lambda url, raw, headers: calling.post(
                url, raw, headers, registered=asked, private=True
            ),
            sign=lambda raw, at: self._ring.headers(self.id, raw, now=at, lasts=LASTS),
        )

    @property
    def signer(self) -> Signer:
        return self._ring.signer(self.id, now=clock.now())

    @property
    def key(self) -> str:
        return f"{self.id}|{self.signer.key_id}"

    def entry(self, url: str) -> dict[str, str]:
        """Give what the registry may know of us."""
        return registry.entry(self.signer, url, now=clock.now(), role=self.role)

    def signature(self, raw: bytes) -> str:
        """Sign these bytes."""
        return self.signer.header(raw, now=clock.now(), lasts=LASTS)

    def post(
        self, url: str, raw: bytes, headers: Mapping[str, str], *, registered: str
    ) -> Answer:
        """
        Post these bytes as they are.

        :raises AddressRefusedError: if it is not the registered host
        :raises UnreachableError: if there was no answer
        """
        whole = {**JSON, **headers}
        return calling.post(url, raw, whole, registered=registered, private=True)

    def believe(self, raw: bytes, header: str | None, role: Role) -> Subscriber:
        """
        Tell who signed these bytes, in which role they may.

        :raises SignatureError: if nobody in the registry vouches for them
        """
        now = clock.now()
        signature = parse(header)
        signature.check_time(now=now)
        key = KeyName(signature.subscriber_id, signature.key_id)
        found = self._known.find(key, role, now=now)
        signature.check(raw, found.public, now=now)
        return found


def public_text(raw: bytes) -> str:
    """Write a key as registries do."""
    return base64.b64encode(raw).decode()
