"""Reading the register of conflicts."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.booking.kinds import Outcome, Trouble
from app.booking.models import Appointment, ResourceConflict
from app.booking.views import ConflictView, Party
from app.core.db import db
from app.core.errors import NotFoundError
from app.directory import internal as directory
from app.directory.views import FacilityView

MOST = 500


def one(public_id: UUID) -> ConflictView:
    """
    Give one conflict.

    :raises NotFoundError: if there is no such conflict
    """
    found = select(ResourceConflict).where(ResourceConflict.public_id == public_id)
    told = _views(db.session.scalars(found).all())
    if not told:
        raise NotFoundError("conflict", field="conflict_id")
    return told[0]


def of_facility(
    facility: FacilityView,
    status: Outcome | None,
    kind: Trouble | None = None,
    resource_id: int | None = None,
) -> list[ConflictView]:
    """Give the conflicts of a facility, the earliest trouble first."""
    found = select(ResourceConflict).where(ResourceConflict.facility_id == facility.id)
    if status is not None:
        found = found.where(ResourceConflict.status == status)
    if kind is not None:
        found = found.where(ResourceConflict.type == kind)
    if resource_id is not None:
        found = found.where(ResourceConflict.resource_id == resource_id)
    found = found.order_by(ResourceConflict.during, ResourceConflict.id).limit(MOST)
    return _views(db.session.scalars(found).all())


def _views(found: Sequence[ResourceConflict]) -> list[ConflictView]:
    if not found:
        return []
    parties = _parties(
        {row.appointment1_id for row in found}
        | {row.appointment2_id for row in found if row.appointment2_id}
    )
    posts = directory.posts_of(row.resource_id for row in found)
    resources = {(post.id, post.facility_id): post for post in posts}
    return [
        ConflictView(
            id=row.public_id,
            type=row.type,
            status=row.status,
            facility_id=row.facility_id,
            resource=resources[row.resource_id, row.facility_id],
            span=row.during,
            first=parties[row.appointment1_id],
            second=parties.get(row.appointment2_id or 0),
            found_at=row.found_at,
            resolved_at=row.resolved_at,
            resolved_by=row.resolved_by,
            resolution=row.resolution,
        )
        for row in found
    ]


def _parties(numbers: set[int]) -> dict[int, Party]:
    rows = db.session.execute(
        select(
            Appointment.id,
            Appointment.public_id,
            Appointment.reference,
            Appointment.during,
        ).where(Appointment.id.in_(numbers))
    )
    return {n: Party(public, reference, span) for n, public, reference, span in rows}
