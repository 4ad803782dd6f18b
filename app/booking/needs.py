"""What a type of appointment needs, and which resources meet it. Pure."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from app.directory.kinds import CONSULTING, Category, ResourceKind
from app.directory.views import ResourceView, TypeView

# Stands for the type of what has none: it needs nothing beside what is named.
NOTHING = TypeView(0, UUID(int=0), "", "", Category.PROCEDURE, 0)


class Need(Struct, frozen=True):
    """
    One chair, room or machine, perhaps one that can do a certain thing.

    A room of which nothing is said is a consulting room, never one for something else.
    """

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
        return resource.kind in kinds and self._able(resource)

    def _able(self, resource: ResourceView) -> bool:
        if self.capability:
            return self.capability in resource.capabilities
        if self.kind is ResourceKind.ROOM:
            return not resource.capabilities or CONSULTING in resource.capabilities
        return True


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
