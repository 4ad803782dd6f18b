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


def keys(facility: FacilityView, resource: ResourceView | None) -> list[str]:
    """
    Name the locks of these hours: those that bookings of the resource hold too.

    The facility's own are everybody's there: who books meanwhile is seen, or sees them.
    """
    if resource is not None:
        return [f"resource:{resource.public_id}"]
    found = [f"resource:{each.public_id}" for each in directory.resources(facility.id)]
    return [f"facility:{facility.public_id}", *found]
