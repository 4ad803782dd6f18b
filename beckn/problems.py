"""What the network is told when something is refused: neutral, numbered by dialect."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from beckn.trust.errors import Flaw


class Code(StrEnum):
    """Why a message is refused, in no dialect's numbers."""

    INVALID = "invalid"
    STALE = "stale"
    SIGNATURE = "signature"
    PROVIDER_NOT_FOUND = "provider_not_found"
    ITEM_NOT_FOUND = "item_not_found"
    CATEGORY_NOT_FOUND = "category_not_found"
    FULFILMENT_UNAVAILABLE = "fulfilment_unavailable"
    ORDER_NOT_FOUND = "order_not_found"
    BAD_REASON = "bad_reason"
    BAD_UPDATE_TARGET = "bad_update_target"
    UPDATE_INCONSISTENT = "update_inconsistent"
    RATING_TARGET = "rating_target"
    RATING_VALUE = "rating_value"
    BUSINESS = "business"
    NOT_APPLICABLE = "not_applicable"
    QUANTITY_UNAVAILABLE = "quantity_unavailable"
    QUOTE_UNAVAILABLE = "quote_unavailable"
    PAYMENT_UNSUPPORTED = "payment_unsupported"
    TRACKING_UNSUPPORTED = "tracking_unsupported"
    AGENT_UNAVAILABLE = "agent_unavailable"
    POLICY = "policy"
    NO_CANCEL = "no_cancel"
    NO_UPDATE = "no_update"
    RATING_CATEGORY = "rating_category"
    NO_SUPPORT = "no_support"
    INTERNAL = "internal"


class Problem(Exception):  # noqa: N818 - the network's word; it is told, not only raised
    """
    A refusal that the other side is told.

    `path` names the field, as in "context.ttl"; `message` is for a person who reads.
    `flaw` is what is wrong with a signature, if that is what is refused.
    """

    def __init__(
        self, code: Code, path: str, message: str, flaw: Flaw | None = None
    ) -> None:
        super().__init__(f"{code}: {path}: {message}")
        self.code = code
        self.path = path
        self.message = message
        self.flaw = flaw


# BECKN-005. It has no numbers for a false signature, a stale message and a fault of our
# own: those three are ONDC's.
CORE: Mapping[Code, str] = {
    Code.INVALID: "30000",
    Code.STALE: "30022",
    Code.SIGNATURE: "30016",
    Code.PROVIDER_NOT_FOUND: "30001",
    Code.ITEM_NOT_FOUND: "30004",
    Code.CATEGORY_NOT_FOUND: "30005",
    Code.FULFILMENT_UNAVAILABLE: "30008",
    Code.ORDER_NOT_FOUND: "30010",
    Code.BAD_REASON: "30011",
    Code.BAD_UPDATE_TARGET: "30012",
    Code.UPDATE_INCONSISTENT: "30013",
    Code.RATING_TARGET: "30014",
    Code.RATING_VALUE: "30015",
    Code.BUSINESS: "40000",
    Code.NOT_APPLICABLE: "40001",
    Code.QUANTITY_UNAVAILABLE: "40002",
    Code.QUOTE_UNAVAILABLE: "40003",
    Code.PAYMENT_UNSUPPORTED: "40004",
    Code.TRACKING_UNSUPPORTED: "40005",
    Code.AGENT_UNAVAILABLE: "40006",
    Code.POLICY: "50000",
    Code.NO_CANCEL: "50001",
    Code.NO_UPDATE: "50002",
    Code.RATING_CATEGORY: "50003",
    Code.NO_SUPPORT: "50004",
    Code.INTERNAL: "31001",
}


def core(problem: Problem) -> dict[str, Any]:
    """Write a refusal as core 1.1 does: code, paths, message."""
    told = {"code": CORE[problem.code], "message": problem.message}
    return told | ({"paths": problem.path} if problem.path else {})
