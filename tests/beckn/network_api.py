"""The network's end points as an OpenAPI document: what buyers may send to each."""

from beckn.actions import Action
from tests.beckn.buyers import BAP, BAP_URI, BPP, BPP_URI

_TEXT = {"type": "string"}
_LISTS = {
    "items": {"type": "object", "properties": {"id": _TEXT}},
    "payments": {"type": "object", "properties": {"collected_by": _TEXT}},
    "fulfillments": {
        "type": "object",
        "properties": {
            "id": _TEXT,
            "customer": {
                "type": "object",
                "properties": {
                    "person": {
                        "type": "object",
                        "properties": {"name": _TEXT, "age": _TEXT, "gender": _TEXT},
                    },
                    "contact": {"type": "object", "properties": {"phone": _TEXT}},
                },
            },
            "stops": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"time": {"type": "object"}},
                },
            },
        },
    },
}
_ORDER = {
    "type": "object",
    "properties": {
        "id": _TEXT,
        "provider": {"type": "object", "properties": {"id": _TEXT}},
        "billing": {"type": "object", "properties": {"name": _TEXT, "phone": _TEXT}},
        "quote": {"type": "object", "properties": {"price": {"type": "object"}}},
        **{name: {"type": "array", "items": each} for name, each in _LISTS.items()},
    },
}
_INTENT = {
    "type": "object",
    "properties": {
        "provider": {"type": "object", "properties": {"id": _TEXT}},
        "item": {"type": "object", "properties": {"id": _TEXT}},
        "category": {"type": "object", "properties": {"descriptor": {}}},
        "fulfillment": {
            "type": "object",
            "properties": {"agent": {"type": "object"}, "stops": {"type": "array"}},
        },
    },
}
_ASKED = {"type": "object", "properties": {"order_id": _TEXT}}
_MESSAGES = {
    Action.SEARCH: {"type": "object", "properties": {"intent": _INTENT}},
    Action.STATUS: _ASKED,
    Action.TRACK: _ASKED,
    Action.CANCEL: {
        "type": "object",
        "properties": {
            "order_id": _TEXT,
            "cancellation_reason_id": _TEXT,
            "descriptor": {"type": "object", "properties": {"short_desc": _TEXT}},
        },
    },
    Action.UPDATE: {
        "type": "object",
        "properties": {"update_target": _TEXT, "order": _ORDER},
    },
    Action.RATING: {
        "type": "object",
        "properties": {
            "ratings": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"rating_category": _TEXT, "id": _TEXT, "value": {}},
                },
            }
        },
    },
    Action.SUPPORT: {
        "type": "object",
        "properties": {
            "support": {"type": "object", "properties": {"ref_id": _TEXT}},
        },
    },
    Action.REASONS: {"type": "object"},
    Action.CATEGORIES: {"type": "object"},
}


def document(known=None):
    """
    Give the document; the message of an order is that of select, init, confirm.

    Of what is sent under a name in `known` about half is what there is of it; or all is
    there, and as the schema says. Then lists have one thing, and messages lack nothing.
    """
    found = _with(known or {}, _document())
    for each in found["paths"].values():
        sent = each["post"]["requestBody"]["content"]["application/json"]["schema"]
        message = sent["properties"].get("message", {})
        if known and "properties" in message:
            message["required"] = sorted(message["properties"])
    return found


def _with(known, found):
    if isinstance(found, list):
        return [_with(known, each) for each in found]
    if not isinstance(found, dict):
        return found
    written = {name: _with(known, each) for name, each in found.items()}
    fields = written.get("properties", {})
    for name, value in known.items():
        where, _, field = name.partition(".")
        if where in fields and _put(fields[where], field, value):
            written["required"] = sorted({*written.get("required", ()), where})
    return written


def _put(inside, field, value):
    """Let a field be of what there is; tell whether it must be there."""
    spot = inside
    if inside.get("type") == "array":
        inside["minItems"] = inside["maxItems"] = 1
        spot = inside.get("items", {})
    if field not in spot.get("properties", {}):
        return False
    if not isinstance(value, dict):
        spot["properties"][field] = {"anyOf": [{"enum": [value]}, _TEXT]}
        return False
    spot["properties"][field] = value
    spot["required"] = sorted({*spot.get("required", ()), field})
    return True


def _document():
    return {
        "openapi": "3.1.0",
        "info": {"title": "The network's door", "version": "1.1"},
        "paths": {
            **{f"/beckn/{action}": _posted(_body(action)) for action in Action},
            "/beckn/on_subscribe": _posted(
                {
                    "type": "object",
                    "properties": {"subscriber_id": {}, "challenge": {}},
                }
            ),
        },
    }


def _posted(body):
    content = {"application/json": {"schema": body}}
    return {
        "post": {
            "requestBody": {"required": True, "content": content},
            "responses": {"default": {"description": "ACK, or NACK and why"}},
        }
    }


def _body(action):
    order = {"type": "object", "properties": {"order": _ORDER}}
    return {
        "type": "object",
        "required": ["context", "message"],
        "properties": {
            "context": _context(action),
            "message": _MESSAGES.get(action, order),
        },
    }


def _context(action):
    said = {
        "domain": "dhp:consultation:0.1.0",
        "action": action.value,
        "bap_id": BAP,
        "bap_uri": BAP_URI,
        "bpp_id": BPP,
        "bpp_uri": BPP_URI,
    }
    read = ("version", "transaction_id", "message_id", "timestamp", "ttl")
    return {
        "type": "object",
        "required": [*said, *read],
        "properties": {
            **{name: {"enum": [value]} for name, value in said.items()},
            **dict.fromkeys(read, _TEXT),
            "timestamp": {"type": "string", "format": "date-time"},
            "location": {"type": "object"},
        },
    }
