"""
What libraries would do at every request though no answer needs it, left out.

A request that does nothing took as long as six empty views, and every other one too.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Flask

from app.core import turnstile

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Hook = Callable[..., Any]


class Lean(Flask):
    """An app whose views and hooks are all plain functions."""

    def ensure_sync(self, func: Hook) -> Hook:
        """Take it as it is: to look whether it is a coroutine takes long, each time."""
        return func

    def wsgi_app(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> "Iterable[bytes]":
        """Answer when few others of this process are at work."""
        with turnstile.within():
            return super().wsgi_app(environ, start_response)


def drop(hooks: list[Hook], owner: object) -> list[Hook]:
    """Take the hooks of a library's object out of a list, and give those."""
    theirs = [each for each in hooks if _owner(each) is owner]
    hooks[:] = [each for each in hooks if each not in theirs]
    return theirs


def _owner(hook: Hook) -> object:
    if isinstance(hook, partial):
        return hook.args[0] if hook.args else None
    return getattr(hook, "__self__", None)
