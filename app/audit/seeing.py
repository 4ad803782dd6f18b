"""Who may see an object of the trail: higher rooms answer, wired at composition."""

from collections.abc import Callable
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import NotFoundError

# Gives the facility of an object, or refuses who may not see it.
Gate = Callable[[UUID, Actor], int | None]

_gates: dict[str, Gate] = {}


def guard(kind: str, gate: Gate) -> None:
    """Let a room answer for its kind of object."""
    _gates[kind] = gate


def seen(kind: str, object_id: UUID, by: Actor) -> int | None:
    """
    Give the facility of an object that the actor may see.

    :raises NotFoundError: if nobody answers for the kind, or not for these eyes
    """
    gate = _gates.get(kind)
    if gate is None:
        raise NotFoundError("object")
    return gate(object_id, by)
