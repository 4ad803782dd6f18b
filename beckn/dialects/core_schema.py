"""
What our own messages of core 1.1 must be like: closed objects that say all they must.

The published schema lets nearly everything pass; what is sent is held against this one.
JSON Schema, draft 2020-12.
"""

from collections.abc import Mapping

from beckn.dialects.shapes import Schema, closed, form, listed, one_of
from beckn.states import TOLD, OrderIs

_TEXT: Schema = {"type": "string", "minLength": 1}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_MOMENT = form(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_LENGTH = form(r"PT\d+S")
_URL = form(r"https?://\S+")
_SLOT_ID = form(r"[\w-]{72}")
_ID = closed({"id": _TEXT})
_CODE = closed({"code": _TEXT})
_NAME = closed({"name": _TEXT})

_PRICE = closed({"currency": form("[A-Z]{3}"), "value": form(r"\d+\.\d\d")})
_TERMS = listed(
    closed(
        {
            "fulfillment_state": closed({"descriptor": _CODE}),
            "reason_required": {"const": True},
            "cancellation_fee": closed({"percentage": form(r"\d+")}),
        },
        # Only where a rule of the facility closes it before the visit.
        {"cancel_by": closed({"duration": _LENGTH})},
    )
)
_ITEM_BASE: Mapping[str, Schema] = {
    "id": _TEXT,
    "descriptor": closed(
        {"name": _TEXT, "code": one_of("CONSULTATION", "VACCINATION", "PROCEDURE")}
    ),
    "location_ids": listed(_TEXT),
    "price": _PRICE,
    "cancellation_terms": _TERMS,
}
_AT = closed({"timestamp": _MOMENT})
_START: Mapping[str, Schema] = {
    "type": {"const": "start"},
    "time": _AT,
    "location": _ID,
}
_TOKEN = closed({"type": {"const": "TOKEN"}, "token": _TEXT})
_END = closed({"type": {"const": "end"}, "time": _AT})


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
    "agent": closed({"person": closed({"id": _TEXT, "name": _TEXT})}),
    "stops": _stops(closed(_START)),
}
_TAG = closed({"descriptor": _CODE, "value": _TEXT})
_TAGS = listed(closed({"descriptor": _CODE, "list": listed(_TAG)}), 1, 1)
# Catalogs tell by what the registry of professionals knows who is seen.
_HPR = listed(closed({"id": _TEXT, "type": {"const": "HPR"}}), 1, 1)
_DOCTOR = closed({"id": _TEXT, "name": _TEXT}, {"creds": _HPR})
_FREE = closed({**_SLOT, "agent": closed({"person": _DOCTOR}), "tags": _TAGS})
_CUSTOMER_PERSON = closed(
    {"name": _TEXT},
    {"gender": one_of("F", "M", "O"), "age": form(r"P\d{1,3}Y")},
)
_CONTACT = closed({"phone": _TEXT})
_CUSTOMER = closed({"person": _CUSTOMER_PERSON, "contact": _CONTACT})
_BILLING = closed({"name": _TEXT}, {"phone": _TEXT, "email": _TEXT})
_PART = closed({"title": _TEXT, "item": _ID, "price": _PRICE})
_BREAKUP: Mapping[str, Schema] = {"price": _PRICE, "breakup": listed(_PART)}
_QUOTE = closed(_BREAKUP)
_QUOTE_FOR_A_WHILE = closed({**_BREAKUP, "ttl": _LENGTH})
_AMOUNT: Mapping[str, Schema] = {
    "amount": form(r"\d+\.\d\d"),
    "currency": form("[A-Z]{3}"),
}
_NOT_PAID: Mapping[str, Schema] = {
    "status": {"const": "NOT-PAID"},
    "params": closed(_AMOUNT),
}
_PAID: Mapping[str, Schema] = {
    "status": {"const": "PAID"},
    "params": closed({**_AMOUNT, "transaction_id": _TEXT}),
}


def _payments(by: str, when: str, status: Mapping[str, Schema]) -> Schema:
    who = {"collected_by": {"const": by}, "type": {"const": when}}
    return listed(closed({**who, **status}), 1, 1)


_AT_DESK = _payments("BPP", "ON-FULFILLMENT", _NOT_PAID)
_BEFORE, _PAID_BEFORE = (
    _payments("BAP", "PRE-ORDER", status) for status in (_NOT_PAID, _PAID)
)
_REFUND = listed(
    closed(
        {
            "fulfillment_state": closed({"descriptor": _CODE}),
            "refund_eligible": {"const": True},
            "refund_amount": _PRICE,
        }
    )
)
_CHOSEN_ITEM = closed(
    {
        **_ITEM_BASE,
        "quantity": closed({"selected": closed({"count": {"const": 1}})}),
    }
)
_ORDER: Mapping[str, Schema] = {
    "provider": closed({"id": _TEXT, "descriptor": _NAME}),
    "items": listed(_CHOSEN_ITEM, 1, 1),
}


def _on_terms(
    before: Schema, needed: Mapping[str, Schema], also: Mapping[str, Schema] = {}
) -> Schema:
    """Describe an order that is paid at the desk, or as `before` says."""
    terms: Mapping[str, Schema] = {**needed, "cancellation_terms": _TERMS}
    return {
        "anyOf": [
            closed({**terms, "payments": _AT_DESK}, also),
            closed({**terms, "payments": before, "refund_terms": _REFUND}, also),
        ]
    }


_ON_SEARCH = closed(
    {
        "catalog": closed(
            {
                "descriptor": _NAME,
                "ttl": _LENGTH,
                "providers": listed(
                    closed(
                        {
                            "id": _TEXT,
                            "descriptor": _NAME,
                            "categories": listed(
                                closed(
                                    {
                                        "id": _TEXT,
                                        "descriptor": closed(
                                            {"name": _TEXT, "code": _TEXT}
                                        ),
                                    }
                                ),
                                0,
                            ),
                            "locations": listed(
                                closed(
                                    {"id": _TEXT, "descriptor": _NAME},
                                    {"address": _TEXT},
                                )
                            ),
                            "fulfillments": listed(_FREE),
                            "items": listed(
                                closed(
                                    {
                                        **_ITEM_BASE,
                                        "category_ids": listed(_TEXT, 0),
                                        "fulfillment_ids": listed(_SLOT_ID),
                                        "quantity": closed(
                                            {
                                                "available": closed({"count": _COUNT}),
                                                "maximum": closed({"count": _COUNT}),
                                            }
                                        ),
                                    }
                                )
                            ),
                        },
                        {"tags": _TAGS},
                    ),
                    0,
                ),
            }
        )
    }
)
_XINPUT = closed(
    {
        "form": closed(
            {
                "url": _URL,
                "mime_type": {"const": "text/html"},
                "submission_id": form(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
            }
        ),
        "required": {"type": "boolean"},
    }
)
_ON_SELECT = closed(
    {
        "order": closed(
            {
                **_ORDER,
                "fulfillments": listed(closed(_SLOT), 1, 1),
                "quote": _QUOTE,
                "payments": {"anyOf": [_AT_DESK, _BEFORE]},
            }
        )
    }
)
_ON_INIT = closed(
    {
        "order": _on_terms(
            _BEFORE,
            {
                **_ORDER,
                "type": {"const": "DRAFT"},
                "fulfillments": listed(closed(_SLOT, {"customer": _CUSTOMER}), 1, 1),
                "quote": _QUOTE_FOR_A_WHILE,
                "xinput": _XINPUT,
            },
            {"billing": _BILLING},
        )
    }
)


def _ordered(*, called_off: bool = False) -> Schema:
    """Describe an order that was given; one that is `called_off` says why."""
    codes = sorted(code for code, _ in TOLD.values())
    word = closed({"code": one_of(*codes)}, {"short_desc": _TEXT})
    state = closed({"descriptor": word, "updated_at": _MOMENT})
    start = closed(_START, {"authorization": _TOKEN})
    slot = {**_SLOT, "stops": _stops(start), "customer": _CUSTOMER, "state": state}
    why = closed(
        {"time": _MOMENT, "cancelled_by": one_of("CONSUMER", "PROVIDER")},
        {"reason": _ID, "additional_description": closed({"short_desc": _TEXT})},
    )
    needed: dict[str, Schema] = {
        **_ORDER,
        "id": form(r"OPD-\d{4}-\w{4}-\w{4}"),
        "status": one_of(*(e.value for e in OrderIs)),
        "type": {"const": "DEFAULT"},
        "fulfillments": listed(closed(slot), 1, 1),
        "quote": _QUOTE,
        "billing": _BILLING,
        "created_at": _MOMENT,
        "updated_at": _MOMENT,
    }
    if called_off:
        needed |= {"status": {"const": "CANCELLED"}, "cancellation": why}
    also = {} if called_off else {"cancellation": why}
    return closed({"order": _on_terms(_PAID_BEFORE, needed, also)})


# By the action of the callback.
SCHEMAS: Mapping[str, Schema] = {
    "on_search": _ON_SEARCH,
    "on_select": _ON_SELECT,
    "on_init": _ON_INIT,
    "on_confirm": _ordered(),
    "on_status": _ordered(),
    "on_update": _ordered(),
    "on_cancel": _ordered(called_off=True),
    "on_track": closed(
        {
            "tracking": closed(
                {"id": _TEXT, "url": _URL, "status": one_of("active", "inactive")}
            )
        }
    ),
    "on_rating": closed(
        {
            "feedback_form": closed(
                {
                    "form": closed({"url": _URL, "mime_type": _TEXT}),
                    "required": {"const": False},
                }
            )
        }
    ),
    "on_support": closed({"support": closed({"ref_id": _TEXT, "phone": _TEXT})}),
    "cancellation_reasons": closed(
        {"cancellation_reasons": listed(closed({"id": _TEXT, "descriptor": _NAME}))}
    ),
    "rating_categories": closed({"rating_categories": listed(_TEXT)}),
}
