"""Who may see an object of the trail: higher rooms answer, wired at composition."""

from collections.abc import Callable
from uuid import UUID

from app.audit.views import Seen
from app.core.actor import Actor
from app.core.errors import NotFoundError

# Tells of an object by its outside id, or refuses who may not see it.
Gate = Callable[[str, Actor], Seen]

_gates: dict[str, Gate] = {}


def guard(kind: str, gate: Gate) -> None:
    """Let a room answer for its kind of object."""
    _gates[kind] = gate


def kinds() -> tuple[str, ...]:
    """Give every kind that some room answers for."""
    return tuple(sorted(_gates))


def seen(kind: str, object_id: UUID | str, by: Actor) -> Seen:
    """
    Give an object that the actor may see.

    :raises NotFoundError: if nobody answers for the kind, or not for these eyes
    """
    gate = _gates.get(kind)
    if gate is None:
        raise NotFoundError("object", field="kind")
    return gate(str(object_id), by)


def number(written: str) -> UUID:
    """
    Read an outside id as most kinds have it.

    :raises NotFoundError: if it cannot be one
    """
    try:
        return UUID(written)
    except ValueError as exc:
        raise NotFoundError("object", field="object_id") from exc
