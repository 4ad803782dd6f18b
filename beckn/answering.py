"""Do what a message asks, and answer in the dialect in which it was asked."""

from datetime import datetime
from typing import Any

from beckn import owing
from beckn.actions import Action
from beckn.acts import taking
from beckn.acts.doing import do
from beckn.commands import Confirm
from beckn.context import Context
from beckn.dialects import spoken
from beckn.problems import Problem
from beckn.results import Ordered


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
    dialect = spoken.DIALECTS[context.wire]
    done = do(dialect.command(action, message), context, now=now)
    return [{"message": each} for each in dialect.messages(done, house=house)]


def check(action: str, context: Context, message: dict[str, Any]) -> None:
    """
    Refuse at once an order that nothing can be made of: nobody comes, or nobody pays.

    After an init they may stand there; then that is told by the callback.

    :raises Problem: naming what is missing
    """
    if action != Action.CONFIRM:
        return
    wanted = spoken.DIALECTS[context.wire].command(action, message)
    try:
        if isinstance(wanted, Confirm):
            taking.people(wanted, None)
    except Problem:
        if not owing.came(context, Action.INIT):
            raise


def news(told: Ordered, context: Context, *, house: str) -> dict[str, Any]:
    """Write what became of an order, in the dialect of who asked for it."""
    (message,) = spoken.DIALECTS[context.wire].messages(told, house=house)
    return message
