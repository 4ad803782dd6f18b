"""Where an act on hours happens: whose hours, which locks, in which scope."""

from uuid import UUID

from app.accounts.views import Scope
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView


def resource(public_id: UUID | None, facility: FacilityView) -> ResourceView | None:
    """
    Look up whose hours are meant; None means the facility's own.

    :raises NotFoundError: if the resource does not serve there
    """
    return None if public_id is None else directory.resource(public_id, facility.id)


def scope(facility: FacilityView, resource: ResourceView | None) -> Scope:
    """Say where an act on these hours happens."""
    if resource is None:
        return Scope(facility.id)
    return Scope(facility.id, frozenset({resource.thing}))


def key(facility: FacilityView, resource: ResourceView | None) -> str:
    """Name the lock of these hours: the one that bookings of the resource hold too."""
    if resource is not None:
        return f"resource:{resource.public_id}"
    return f"facility:{facility.public_id}"
