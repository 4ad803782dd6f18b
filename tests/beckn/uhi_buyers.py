"""Messages of a buyer of UHI, for the door; see `buyers` for who gets the answers."""

import orjson

from beckn.dialects.uhi import UHI
from tests.beckn import buyers
from tests.beckn.buyers import BAP, BAP_URI, BPP, BPP_URI
from tests.beckn.uhi_buying import DOMAIN, wall
from tests.factories import NOW

ORDER = {"order": {"item": {"id": "visit"}, "billing": {"name": "A Patient"}}}


def body(action="init", message=None, **changed):
    """Write a message of the buyer; a field that is None is left out."""
    written = {
        "domain": DOMAIN,
        "country": "IND",
        "city": "std:080",
        "action": action,
        "core_version": "0.7.1",
        "consumer_id": BAP,
        "consumer_uri": BAP_URI,
        "provider_id": BPP,
        "provider_uri": BPP_URI,
        "transaction_id": "t-1",
        "message_id": "m-1",
        "timestamp": wall(NOW),
        **changed,
    }
    head = {name: value for name, value in written.items() if value is not None}
    return {"context": head, "message": ORDER if message is None else message}


def raw(action="init", message=None, **changed):
    return orjson.dumps(body(action, message, **changed))


def post(app, sent, *, to=None, now=NOW, by=BAP, headers=None):
    """Post a message to our door, rightly signed unless told otherwise."""
    given = signed(sent, now, by) if headers is None else headers
    return buyers.post(app, sent, to=to, headers=given)


def signed(sent, now=NOW, by=BAP):
    return buyers.signed(sent, now, by, UHI)
