"""
What our own messages of core 1.1 must be like: closed objects that say all they must.

The published schema lets nearly everything pass; what is sent is held against this one.
JSON Schema, draft 2020-12.
"""

from collections.abc import Mapping
from typing import Any

from beckn.states import TOLD, OrderIs

Schema = dict[str, Any]


def _object(needed: Mapping[str, Schema], also: Mapping[str, Schema] = {}) -> Schema:
    return {
        "type": "object",
        "properties": {**needed, **also},
        "required": list(needed),
        "additionalProperties": False,
    }


def _list(of: Schema, least: int = 1, most: int | None = None) -> Schema:
    upper = {} if most is None else {"maxItems": most}
    return {"type": "array", "items": of, "minItems": least, **upper}


def _one_of(*values: Any) -> Schema:
    return {"enum": list(values)}


def _form(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


_TEXT: Schema = {"type": "string", "minLength": 1}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_MOMENT = _form(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_LENGTH = _form(r"PT\d+S")
_URL = _form(r"https?://\S+")
_SLOT_ID = _form(r"[\w-]{72}")
_ID = _object({"id": _TEXT})
_CODE = _object({"code": _TEXT})
_NAME = _object({"name": _TEXT})

_PRICE = _object({"currency": _form("[A-Z]{3}"), "value": _form(r"\d+\.\d\d")})
_TERMS = _list(
    _object(
        {
            "fulfillment_state": _object({"descriptor": _CODE}),
            "reason_required": {"const": True},
            "cancellation_fee": _object({"percentage": _form(r"\d+")}),
        }
    )
)
_ITEM_BASE: Mapping[str, Schema] = {
    "id": _TEXT,
    "descriptor": _object(
        {"name": _TEXT, "code": _one_of("CONSULTATION", "VACCINATION", "PROCEDURE")}
    ),
    "location_ids": _list(_TEXT),
    "price": _PRICE,
    "cancellation_terms": _TERMS,
}
_AT = _object({"timestamp": _MOMENT})
_START: Mapping[str, Schema] = {
    "type": {"const": "start"},
    "time": _AT,
    "location": _ID,
}
_TOKEN = _object({"type": {"const": "TOKEN"}, "token": _TEXT})
_END = _object({"type": {"const": "end"}, "time": _AT})


def _stops(first: Schema) -> Schema:
    return {
        "type": "array",
        "prefixItems": [first, _END],
        "minItems": 2,
        "maxItems": 2,
    }


_SLOT: Mapping[str, Schema] = {
    "id": _SLOT_ID,
    "type": {"const": "PHYSICAL-CONSULTATION"},
    "tracking": {"type": "boolean"},
    "agent": _object({"person": _object({"id": _TEXT, "name": _TEXT})}),
    "stops": _stops(_object(_START)),
}
_TAG = _object({"descriptor": _CODE, "value": _TEXT})
_FREE = _object(
    {**_SLOT, "tags": _list(_object({"descriptor": _CODE, "list": _list(_TAG)}), 1, 1)}
)
_CUSTOMER_PERSON = _object(
    {"name": _TEXT},
    {"gender": _one_of("F", "M", "O"), "age": _form(r"P\d{1,3}Y")},
)
_CONTACT = _object({"phone": _TEXT})
_CUSTOMER = _object({"person": _CUSTOMER_PERSON, "contact": _CONTACT})
_BILLING = _object({"name": _TEXT}, {"phone": _TEXT, "email": _TEXT})
_PART = _object({"title": _TEXT, "item": _ID, "price": _PRICE})
_BREAKUP: Mapping[str, Schema] = {"price": _PRICE, "breakup": _list(_PART)}
_QUOTE = _object(_BREAKUP)
_QUOTE_FOR_A_WHILE = _object({**_BREAKUP, "ttl": _LENGTH})
_PAYMENTS = _list(
    _object(
        {
            "collected_by": {"const": "BPP"},
            "type": {"const": "ON-FULFILLMENT"},
            "status": {"const": "NOT-PAID"},
            "params": _object(
                {"amount": _form(r"\d+\.\d\d"), "currency": _form("[A-Z]{3}")}
            ),
        }
    ),
    1,
    1,
)
_CHOSEN_ITEM = _object(
    {
        **_ITEM_BASE,
        "quantity": _object({"selected": _object({"count": {"const": 1}})}),
    }
)
_ORDER: Mapping[str, Schema] = {
    "provider": _object({"id": _TEXT, "descriptor": _NAME}),
    "items": _list(_CHOSEN_ITEM, 1, 1),
}
_TERMS_OF_ORDER: Mapping[str, Schema] = {
    "payments": _PAYMENTS,
    "cancellation_terms": _TERMS,
}

_ON_SEARCH = _object(
    {
        "catalog": _object(
            {
                "descriptor": _NAME,
                "ttl": _LENGTH,
                "providers": _list(
                    _object(
                        {
                            "id": _TEXT,
                            "descriptor": _NAME,
                            "categories": _list(
                                _object(
                                    {
                                        "id": _TEXT,
                                        "descriptor": _object(
                                            {"name": _TEXT, "code": _TEXT}
                                        ),
                                    }
                                ),
                                0,
                            ),
                            "locations": _list(
                                _object(
                                    {"id": _TEXT, "descriptor": _NAME},
                                    {"address": _TEXT},
                                )
                            ),
                            "fulfillments": _list(_FREE),
                            "items": _list(
                                _object(
                                    {
                                        **_ITEM_BASE,
                                        "category_ids": _list(_TEXT, 0),
                                        "fulfillment_ids": _list(_SLOT_ID),
                                        "quantity": _object(
                                            {
                                                "available": _object({"count": _COUNT}),
                                                "maximum": _object({"count": _COUNT}),
                                            }
                                        ),
                                    }
                                )
                            ),
                        }
                    ),
                    0,
                ),
            }
        )
    }
)
_ON_SELECT = _object(
    {
        "order": _object(
            {**_ORDER, "fulfillments": _list(_object(_SLOT), 1, 1), "quote": _QUOTE}
        )
    }
)
_ON_INIT = _object(
    {
        "order": _object(
            {
                **_ORDER,
                **_TERMS_OF_ORDER,
                "type": {"const": "DRAFT"},
                "fulfillments": _list(_object(_SLOT, {"customer": _CUSTOMER}), 1, 1),
                "quote": _QUOTE_FOR_A_WHILE,
            },
            {"billing": _BILLING},
        )
    }
)


def _ordered(*, called_off: bool = False) -> Schema:
    """Describe an order that was given; one that is `called_off` says why."""
    codes = sorted(code for code, _ in TOLD.values())
    word = _object({"code": _one_of(*codes)}, {"short_desc": _TEXT})
    state = _object({"descriptor": word, "updated_at": _MOMENT})
    start = _object(_START, {"authorization": _TOKEN})
    slot = {**_SLOT, "stops": _stops(start), "customer": _CUSTOMER, "state": state}
    why = _object(
        {"time": _MOMENT, "cancelled_by": _one_of("CONSUMER", "PROVIDER")},
        {"reason": _ID, "additional_description": _object({"short_desc": _TEXT})},
    )
    needed: dict[str, Schema] = {
        **_ORDER,
        **_TERMS_OF_ORDER,
        "id": _form(r"OPD-\d{4}-\w{4}-\w{4}"),
        "status": _one_of(*(e.value for e in OrderIs)),
        "type": {"const": "DEFAULT"},
        "fulfillments": _list(_object(slot), 1, 1),
        "quote": _QUOTE,
        "billing": _BILLING,
        "created_at": _MOMENT,
        "updated_at": _MOMENT,
    }
    if called_off:
        needed |= {"status": {"const": "CANCELLED"}, "cancellation": why}
    return _object(
        {"order": _object(needed, {} if called_off else {"cancellation": why})}
    )


# By the action of the callback.
SCHEMAS: Mapping[str, Schema] = {
    "on_search": _ON_SEARCH,
    "on_select": _ON_SELECT,
    "on_init": _ON_INIT,
    "on_confirm": _ordered(),
    "on_status": _ordered(),
    "on_update": _ordered(),
    "on_cancel": _ordered(called_off=True),
    "on_track": _object(
        {
            "tracking": _object(
                {"id": _TEXT, "url": _URL, "status": _one_of("active", "inactive")}
            )
        }
    ),
    "on_rating": _object(
        {
            "feedback_form": _object(
                {
                    "form": _object({"url": _URL, "mime_type": _TEXT}),
                    "required": {"const": False},
                }
            )
        }
    ),
    "on_support": _object({"support": _object({"ref_id": _TEXT, "phone": _TEXT})}),
    "cancellation_reasons": _object(
        {"cancellation_reasons": _list(_object({"id": _TEXT, "descriptor": _NAME}))}
    ),
    "rating_categories": _object({"rating_categories": _list(_TEXT)}),
}
