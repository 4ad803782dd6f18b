"""On which terms an order of the network is paid."""

from enum import StrEnum


class Terms(StrEnum):
    """At the desk, through the buyer's app before the order is given, or not at all."""

    DESK = "desk"
    PREPAID = "prepaid"
    FREE = "free"
