"""Looking things up in the trail."""

from sqlalchemy import or_, select

from app.audit.models import AuditEvent
from app.audit.views import Line, Sought
from app.core.db import db


def search(sought: Sought, most: int) -> list[Line]:
    """Give the lines that fit, the latest first, and no more than `most`."""
    row = AuditEvent
    found = (
        select(row)
        .where(row.at >= sought.during.start, row.at < sought.during.end)
        .order_by(row.id.desc())
        .limit(most)
    )
    if sought.actors is not None:
        done = row.actor.in_(sought.actors)
        found = found.where(or_(done, row.on_behalf_of.in_(sought.behalf)))
    if sought.kind is not None:
        found = found.where(row.object_kind == sought.kind)
    if sought.object_id is not None:
        found = found.where(row.object_id == sought.object_id)
    if sought.facilities is not None:
        found = found.where(row.facility_id.in_(sought.facilities))
    if sought.below is not None:
        found = found.where(row.id < sought.below)
    return [line(each) for each in db.session.scalars(found)]


def line(row: AuditEvent) -> Line:
    """Give one line as people read it."""
    behalf = f" on behalf of {row.on_behalf_of}" if row.on_behalf_of else ""
    return Line(
        at=row.at,
        who=f"{row.actor_name}{behalf}",
        action=row.action,
        kind=row.object_kind,
        object_id=row.object_id,
        number=row.id,
        facility_id=row.facility_id,
        before=row.before,
        after=row.after,
    )
