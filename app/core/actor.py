"""Who acts."""

from enum import StrEnum

from msgspec import Struct


class ActorKind(StrEnum):
    USER = "user"
    PATIENT = "patient"
    PARTICIPANT = "participant"
    SYSTEM = "system"


class Actor(Struct, frozen=True):
    """
    Whoever an act is done by, and on whose behalf.

    `id` is the row of the user or patient; None for the system. `reference` is what
    makes the actor unique among its kind outside (a user name, a subscriber id).
    """

    kind: ActorKind
    name: str
    id: int | None = None
    reference: str = ""
    on_behalf_of: str | None = None
    delegation_id: int | None = None

    @property
    def called(self) -> str:
        """Say who acts, and for whom: Meena on behalf of Dr Rao."""
        if self.on_behalf_of is None:
            return self.name
        return f"{self.name} on behalf of {self.on_behalf_of}"

    @property
    def trace(self) -> str:
        """Name this actor, and what they act under, as in user:12/delegation:7."""
        if self.delegation_id is None:
            return self.key
        return f"{self.key}/delegation:{self.delegation_id}"

    @property
    def key(self) -> str:
        """Name this actor uniquely among all actors, as in user:12."""
        return f"{self.kind}:{self.id if self.id is not None else self.reference}"


# Whoever knows what only the patient knows acts for them, at no desk.
ONESELF = Actor(kind=ActorKind.SYSTEM, name="The patient", reference="oneself")
SYSTEM = Actor(kind=ActorKind.SYSTEM, name="Baari", reference="baari")
