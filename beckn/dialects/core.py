"""Core 1.1 with the DHP consultation profile: read leniently, written strictly."""

from datetime import datetime
from typing import Any

from beckn.acts.doing import do
from beckn.context import Context
from beckn.dialects.core_commands import command
from beckn.dialects.core_messages import messages
from beckn.problems import core as error
from beckn.results import Ordered

__all__ = ["answers", "command", "error", "messages", "news"]


def answers(
    action: str,
    context: Context,
    message: dict[str, Any],
    *,
    now: datetime,
    house: str,
) -> list[dict[str, Any]]:
    """
    Do what a message asks, and write the answers, each as {"message": …}.

    `house` is where we are found from outside, as in "https://clinic.example".

    :raises Problem: if it is refused
    """
    done = do(command(action, message), context, now=now)
    return [{"message": each} for each in messages(done, house=house)]


def news(told: Ordered, *, house: str) -> dict[str, Any]:
    """Write the message of what became of an order; nobody asked for it."""
    (message,) = messages(told, house=house)
    return message
