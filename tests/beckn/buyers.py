"""A buyer's app for tests: it signs what it posts, and notes what it is called back."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

import orjson
from msgspec.structs import replace

from beckn import context, door
from beckn.dialects import spoken
from beckn.dialects.core import CORE
from beckn.door import Network, NotDeliveredError
from beckn.problems import Code, Problem
from beckn.trust.curves import Ed25519PrivateKey
from beckn.trust.errors import Flaw, SignatureError
from beckn.trust.signatures import Signer
from beckn.trust.verifying import GatewayError
from tests.factories import NOW

BAP, BPP = "bap.example.org", "bpp.clinic.example"
BAP_URI, BPP_URI = f"https://{BAP}/beckn", f"https://{BPP}/beckn"
LASTS = timedelta(seconds=30)
# In these the registry has this buyer, and this gateway, not.
UNREGISTERED = {BAP: "dhp:consultation:a", "gateway.example.org": "dhp:consultation:b"}
ACK = {"message": {"ack": {"status": "ACK"}}}
ORDER = {
    "order": {
        "provider": {"id": "clinic-1"},
        "fulfillments": [
            {
                "id": "slot-1001",
                "agent": {"person": {"name": "Dr Meera Rao"}},
                "customer": {
                    "person": {"name": "A Patient", "age": "P34Y"},
                    "contact": {"phone": "+919800000000"},
                },
            }
        ],
        "billing": {"name": "A Patient", "phone": "+919800000000"},
    }
}

_KEYS = {
    name: Ed25519PrivateKey(name.encode().ljust(32, b".")[:32])
    for name in (BAP, BPP, "other.example.org", "gateway.example.org")
}


@dataclass(frozen=True)
class Known:
    subscriber_id: str
    url: str
    key_id: str

    def serves(self, domain):
        return domain != UNREGISTERED.get(self.subscriber_id)


@dataclass(frozen=True)
class Signed:
    bap: Known
    gateway: Known | None


@dataclass(frozen=True)
class Replied:
    status: int
    body: bytes


def signed(raw, now=NOW, by=BAP, dialect=CORE):
    signer = Signer(by, "k1", _KEYS[by])
    return {"Authorization": dialect.sign(signer, raw, now=now, lasts=LASTS)}


def who(raw, headers, *, dialect, now):
    """Hold the signature against the keys of this file; all else is as in a network."""

    def one(name):
        found = dialect.parse(headers.get(name))
        if found.subscriber_id not in _KEYS:
            raise SignatureError(Flaw.UNKNOWN)
        found.check(raw, _KEYS[found.subscriber_id].verify_key, now=now)
        url = f"https://{found.subscriber_id}/beckn"
        return Known(found.subscriber_id, url, found.key_id)

    gateway = "X-Gateway-Authorization"
    bap = one("Authorization")
    try:
        return Signed(bap, one(gateway) if gateway in headers else None)
    except SignatureError as exc:
        raise GatewayError(exc.flaw) from None


@dataclass
class Buyer:
    """Who is called back: `answers` are given one by one, and then there is an ACK."""

    got: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    done: list = field(default_factory=list)

    def post(self, url, raw, headers, *, registered):
        assert registered == BAP_URI
        said = spoken.guessed(raw).parse(headers["Authorization"])
        said.check_time(now=self.now)
        self.got.append((url, raw, headers["Authorization"]))
        answer = self.answers.pop(0) if self.answers else (200, ACK)
        if isinstance(answer, str):
            raise NotDeliveredError(answer)
        status, body = answer
        return Replied(status, orjson.dumps(body))

    now = NOW

    def sign(self, raw, *, dialect, now):
        self.now = now
        return signed(raw, now, BPP, dialect)

    def do(self, action, told, message, *, now):
        """Echo the message; what names a fault fails so."""
        self.done.append((action, told.message_id))
        if "refuse" in message:
            raise Problem(Code.QUANTITY_UNAVAILABLE, "message.order", "it is taken")
        if "fail" in message:
            raise RuntimeError(message["fail"])
        if "days" in message:
            return [{"message": {"day": day}} for day in message["days"]]
        return {"message": message}

    def bodies(self):
        return [orjson.loads(raw) for _, raw, _ in self.got]

    def by_transaction(self):
        found = defaultdict(list)
        for body in self.bodies():
            found[body["context"]["transaction_id"]].append(body)
        return found

    def network(self, **changed):
        network = Network(
            id=BPP,
            url=BPP_URI,
            who=who,
            do=self.do,
            sign=self.sign,
            post=self.post,
            domains=("dhp:consultation",),
        )
        return replace(network, **changed)


def body(action="select", message=None, **changed):
    """Write a message of the buyer; a field that is None is left out."""
    written = {
        "domain": "dhp:consultation:0.1.0",
        "location": {"country": {"code": "IND"}, "city": {"code": "std:080"}},
        "action": action,
        "version": "1.1.0",
        "bap_id": BAP,
        "bap_uri": BAP_URI,
        "bpp_id": BPP,
        "bpp_uri": BPP_URI,
        "transaction_id": "t-1",
        "message_id": "m-1",
        "timestamp": context.stamp(NOW),
        "ttl": "PT30S",
        **changed,
    }
    head = {name: value for name, value in written.items() if value is not None}
    return {"context": head, "message": ORDER if message is None else message}


def raw(action="select", message=None, **changed):
    return orjson.dumps(body(action, message, **changed))


def post(app, sent, *, to=None, now=NOW, by=BAP, headers=None):
    """Post a message to our door, rightly signed unless told otherwise."""
    if to is None:
        to = orjson.loads(sent)["context"]["action"]
    given = signed(sent, now, by) if headers is None else headers
    return app.test_client().post(
        f"/beckn/{to}",
        data=sent,
        headers={"Content-Type": "application/json", **given},
    )


def use(app, network):
    door.use(app, network)


def public(name):
    """Give the key by which a signature of somebody here is checked."""
    return _KEYS[name].verify_key
