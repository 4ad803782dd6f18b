"""What an appointment is for, beside its patients."""

from uuid import UUID

from msgspec import Struct


class Link(Struct, frozen=True):
    """An object an appointment is for, by the name of its kind."""

    kind: str
    id: UUID
