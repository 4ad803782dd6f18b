"""The nearest free places: for a patient, where whoever asks may know them."""

from datetime import datetime
from uuid import UUID

from app.booking import queries
from app.booking.views import Opening, Whom
from app.core.errors import ForbiddenError, NotFoundError
from app.directory.views import FacilityView, ResourceView
from app.doors import current


def openings(
    facility: FacilityView,
    resource: ResourceView,
    type_id: UUID,
    after: datetime,
    *,
    now: datetime,
    minutes: int | None = None,
    most: int = 3,
    whom: Whom | None = None,
) -> list[Opening]:
    """
    Give them for a patient; for all, if that one may not be known, or is nobody.

    :raises ForbiddenError: if the calendar is not for the caller's eyes
    """

    def asked(whom: Whom | None) -> list[Opening]:
        return queries.openings(
            facility,
            resource,
            type_id,
            after,
            by=current.actor(),
            now=now,
            minutes=minutes,
            most=most,
            whom=whom,
        )

    if whom is not None:
        try:
            return asked(whom)
        except (ForbiddenError, NotFoundError):
            pass
    return asked(None)
