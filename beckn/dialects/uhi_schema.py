"""
What our own messages of UHI must be like: closed objects that say all they must.

UHI publishes examples and no schema that would notice a word misspelt.
"""

from collections.abc import Mapping

from beckn.dialects.shapes import Schema, closed, form, listed, one_of
from beckn.dialects.uhi_messages import TYPE
from beckn.states import TOLD

_TEXT: Schema = {"type": "string", "minLength": 1}
_MOMENT = form(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_LOCAL = form(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_SLOT_ID = form(r"[\w-]{72}")
_NAME = closed({"name": _TEXT})
_CODED = closed({"name": _TEXT, "code": _TEXT})
_PRICE = closed({"currency": form("[A-Z]{3}"), "value": form(r"\d+\.\d\d")})
_PROVIDER: Mapping[str, Schema] = {"id": _TEXT, "descriptor": _NAME}
_SPECIALITY: Mapping[str, Schema] = {"@abdm/gov/in/speciality": _TEXT}
_HPR: Mapping[str, Schema] = {"@abdm/gov/in/hpr_id": _TEXT}
_AGENT = closed(
    {"id": _TEXT, "name": _TEXT},
    {"tags": {"anyOf": [closed(_SPECIALITY, _HPR), closed(_HPR)]}},
)
_TIME = closed({"timestamp": _LOCAL})
_TOKEN = closed({"type": {"const": "TOKEN"}, "token": _TEXT})
_VISIT: Mapping[str, Schema] = {
    "type": {"const": TYPE},
    "agent": _AGENT,
    "start": closed({"time": _TIME}),
    "end": closed({"time": _TIME}),
}
_OF_SLOT: Mapping[str, Schema] = {"@abdm/gov.in/slot_id": _SLOT_ID}
_SLOT: Mapping[str, Schema] = {**_VISIT, "id": _SLOT_ID, "tags": closed(_OF_SLOT)}
_FREE = closed(
    {
        **_VISIT,
        "id": _SLOT_ID,
        "tags": closed(
            {**_OF_SLOT, "places_left": form(r"\d+")},
            {"approval": {"const": "required"}},
        ),
    }
)
_DOCTOR = closed({**_VISIT, "id": _TEXT})


def _item(fulfilment: Schema) -> Schema:
    return closed(
        {
            "id": _TEXT,
            "descriptor": closed(
                {
                    "code": one_of("Consultation", "Vaccination", "Procedure"),
                    "name": _TEXT,
                }
            ),
            "price": _PRICE,
            "fulfillment_id": fulfilment,
        },
        {"category_id": _TEXT},
    )


def _provider(fulfilment: Schema, of: Schema) -> Schema:
    return closed(
        {
            **_PROVIDER,
            "categories": listed(closed({"id": _TEXT, "descriptor": _CODED}), 0),
            "fulfillments": listed(fulfilment),
            "items": listed(_item(of)),
        }
    )


_ON_SEARCH = closed(
    {
        "catalog": closed(
            {
                "descriptor": _NAME,
                "providers": listed(
                    {"anyOf": [_provider(_DOCTOR, _TEXT), _provider(_FREE, _SLOT_ID)]},
                    0,
                ),
            }
        )
    }
)
_BREAKUP: Mapping[str, Schema] = {
    "price": _PRICE,
    "breakup": listed(closed({"title": _TEXT, "price": _PRICE})),
}
_ORDER: Mapping[str, Schema] = {
    "id": form(r"OPD-\d{4}-\w{4}-\w{4}"),
    "provider": closed(_PROVIDER),
    "item": _item(_SLOT_ID),
}
_AMOUNT: Mapping[str, Schema] = {
    "amount": form(r"\d+\.\d\d"),
    "currency": form("[A-Z]{3}"),
}


def _payment(when: str, status: str, also: Mapping[str, Schema] = {}) -> Schema:
    said = {"type": {"const": when}, "status": {"const": status}}
    return closed({**said, "params": closed({**_AMOUNT, **also})})


_LATER = _payment("ON-FULFILLMENT", "NOT-PAID")
_FREE_OF_CHARGE = _payment("ON-FULFILLMENT", "FREE")
_BEFORE = _payment("ON-ORDER", "NOT-PAID")
_PAID = _payment("ON-ORDER", "PAID", {"transaction_id": _TEXT})
_CUSTOMER = closed(
    {
        "person": closed(
            {"name": _TEXT},
            {
                "gender": one_of("F", "M", "O"),
                "yearOfBirth": {"type": "integer", "minimum": 1800},
            },
        )
    }
)
_BILLING = closed({"name": _TEXT}, {"phone": _TEXT, "email": _TEXT})
_ON_INIT = closed(
    {
        "order": closed(
            {
                **_ORDER,
                "fulfillment": closed(_SLOT),
                "quote": closed({**_BREAKUP, "ttl": form(r"PT\d+S")}),
                "payment": {"anyOf": [_LATER, _FREE_OF_CHARGE, _BEFORE]},
            },
            {"customer": _CUSTOMER, "billing": _BILLING},
        )
    }
)


def _ordered(*states: str, called_off: bool) -> Schema:
    """Describe an order that was given; one that is `called_off` says by whom."""
    codes = sorted({code for code, _ in TOLD.values()})
    word = closed({"code": one_of(*codes)}, {"short_desc": _TEXT})
    state = closed({"descriptor": word, "updated_at": _MOMENT})
    by = {"@abdm/gov.in/cancelledby": one_of("patient", "doctor")}
    start = closed({"time": _TIME}, {"authorization": _TOKEN})
    slot: Mapping[str, Schema] = {
        **_SLOT,
        "start": start,
        "tags": closed({**_OF_SLOT, **by} if called_off else _OF_SLOT),
        "state": state,
    }
    return closed(
        {
            **_ORDER,
            "state": one_of(*states),
            "fulfillment": closed(slot),
            "quote": closed(_BREAKUP),
            "payment": {"anyOf": [_LATER, _FREE_OF_CHARGE, _PAID]},
            "customer": _CUSTOMER,
            "billing": _BILLING,
            "created_at": _MOMENT,
            "updated_at": _MOMENT,
        }
    )


_LIVE = _ordered("PROCESSING", "CONFIRMED", "COMPLETED", called_off=False)
_OFF = _ordered("CANCELLED", "FAILED", called_off=True)
_ON_ORDER = closed({"order": {"anyOf": [_LIVE, _OFF]}})
_ON_CANCEL = closed({"order": _ordered("CANCELLED", called_off=True)})

# By the action of the callback.
SCHEMAS: Mapping[str, Schema] = {
    "on_search": _ON_SEARCH,
    "on_init": _ON_INIT,
    "on_confirm": _ON_ORDER,
    "on_status": _ON_ORDER,
    "on_update": _ON_ORDER,
    "on_cancel": _ON_CANCEL,
}
