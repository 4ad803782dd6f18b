"""Which act a command is."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from beckn import commands
from beckn.acts import having, searching, taking, unasked
from beckn.commands import Command
from beckn.context import Context
from beckn.results import Result

_ACTS: Mapping[type, Callable[..., Any]] = {
    commands.Search: searching.search,
    commands.Select: taking.select,
    commands.Init: taking.init,
    commands.Confirm: taking.confirm,
    commands.Status: having.status,
    commands.Track: having.track,
    commands.Cancel: having.cancel,
    commands.Update: having.update,
    commands.Rate: having.rate,
    commands.Support: having.support,
    commands.Reasons: having.reasons,
    commands.RatingCategories: having.categories,
}


def do(command: Command, context: Context, *, now: datetime) -> Result:
    """
    Do what the network asks.

    :raises Problem: if it is refused
    """
    with unasked.answering(context):
        done: Result = _ACTS[type(command)](command, context, now=now)
        return done
