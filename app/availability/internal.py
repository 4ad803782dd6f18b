"""What higher rooms ask: what is offered here, and then?"""

from collections.abc import Iterable

from app.availability import reading, slots
from app.availability.reading import Known
from app.availability.views import Offer
from app.core.spans import Span
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, ResourceView


def offers(
    facility: FacilityView, resources: Iterable[ResourceView], window: Span
) -> dict[int, Offer]:
    """
    Tell what each resource offers at the facility within the window.

    Inactive resources offer nothing. Rooms, chairs, places and machines without a
    schedule of their own follow the facility's hours, unless they are schedule-only.
    """
    asked = list(resources)
    known = reading.read(facility, [resource.id for resource in asked], window)
    return {
        resource.id: _offer(resource, known, window) if resource.active else Offer()
        for resource in asked
    }


def _offer(resource: ResourceView, known: Known, window: Span) -> Offer:
    follows = _follows(resource, known)
    extras = [
        *known.extras.get(resource.id, ()),
        *(known.extras.get(None, ()) if follows else ()),
    ]
    # What closes the end of a slot lies outside a window that holds only its start,
    # and time that is added is cut from where the pattern leaves off.
    reach = window.widen(slots.ONE_DAY, slots.ONE_DAY)
    near = [extra for extra in extras if extra.span.overlaps(reach)]
    around = Span(
        min([reach.start, *(extra.span.start for extra in near)]),
        max([reach.end, *(extra.span.end for extra in near)]),
    )
    return slots.offer(
        [
            piece
            for pattern in known.patterns.get(None if follows else resource.id, ())
            for piece in slots.dated(pattern, around)
        ],
        [extra for extra in extras if extra.span.overlaps(around)],
        [
            *known.closures.get(resource.id, ()),
            *known.closures.get(None, ()),
        ],
        window,
    )


def _follows(resource: ResourceView, known: Known) -> bool:
    """Say whether the facility's own hours are the resource's."""
    return (
        resource.id not in known.patterns
        and resource.kind is not ResourceKind.PRACTITIONER
        and not resource.schedule_only
    )
