"""What a kind of object must tell so that an appointment can be for one of them."""

from typing import ClassVar, Protocol
from uuid import UUID

from app.directory.views import FacilityView


class Linkable(Protocol):
    """A kind of object; with `once` it has one live appointment at most."""

    kind: ClassVar[str]
    once: ClassVar[bool]

    def check(self, object_id: UUID, facility: FacilityView) -> None:
        """
        Let pass what may be booked in the facility; keep it so until the act ends.

        :raises NotFoundError: if there is no such object in the facility
        """
