"""The one way up: rooms emit, whoever was wired at composition listens."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

_listeners: dict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(event: type[Any], listener: Callable[[Any], None]) -> None:
    """Call `listener` inside the transaction of every event of that type, once each."""
    if listener not in _listeners[event]:
        _listeners[event].append(listener)


def emit(event: Any) -> None:
    """Tell every listener, inside the present transaction; an error undoes it all."""
    for listener in _listeners[type(event)]:
        listener(event)
