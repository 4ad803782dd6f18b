"""What a type of appointment needs, and which resources meet it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.directory.kinds import ResourceKind
from app.directory.views import ResourceView, TypeView


@dataclass(frozen=True, slots=True)
class Need:
    """One chair, room or machine, perhaps one that can do a certain thing."""

    kind: ResourceKind
    capability: str = ""

    @property
    def name(self) -> str:
        """Name the need as in room:xray."""
        return f"{self.kind.value}:{self.capability}" if self.capability else self.kind

    def met_by(self, resource: ResourceView) -> bool:
        """Say whether that resource will do; a theatre is a room for what it can do."""
        kinds = {self.kind}
        if self.kind is ResourceKind.ROOM and self.capability:
            kinds.add(ResourceKind.LOCATION)
        able = not self.capability or self.capability in resource.capabilities
        return resource.kind in kinds and able


def of(kind: TypeView) -> list[Need]:
    """Give the needs of a type: a chair, a room, each machine."""
    needs = [Need(ResourceKind.EQUIPMENT, each) for each in kind.equipment]
    if kind.requires_room:
        needs.insert(0, Need(ResourceKind.ROOM, kind.room_capability))
    if kind.requires_chair:
        needs.insert(0, Need(ResourceKind.CHAIR))
    return needs


def unmet(needs: Sequence[Need], have: Sequence[ResourceView]) -> list[Need]:
    """
    Give the needs that these resources leave open; each resource meets one.

    Paths are followed until nothing can be met better, so a machine that can do two
    things is not spent on the one another could do as well.
    """
    taken: dict[int, int] = {}

    def place(index: int, tried: set[int]) -> bool:
        for at, resource in enumerate(have):
            if at in tried or not needs[index].met_by(resource):
                continue
            tried.add(at)
            if at not in taken or place(taken[at], tried):
                taken[at] = index
                return True
        return False

    return [need for index, need in enumerate(needs) if not place(index, set())]
