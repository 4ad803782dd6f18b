"""
What libraries would do at every request though no answer needs it, left out.

A request that does nothing took as long as six empty views, and every other one too.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask

Hook = Callable[..., Any]


class Lean(Flask):
    """An app whose views and hooks are all plain functions."""

    def ensure_sync(self, func: Hook) -> Hook:
        """Take it as it is: to look whether it is a coroutine takes long, each time."""
        return func


def drop(hooks: list[Hook], owner: object) -> list[Hook]:
    """Take the hooks of a library's object out of a list, and give those."""
    theirs = [each for each in hooks if _owner(each) is owner]
    hooks[:] = [each for each in hooks if each not in theirs]
    return theirs


def _owner(hook: Hook) -> object:
    if isinstance(hook, partial):
        return hook.args[0] if hook.args else None
    return getattr(hook, "__self__", None)
