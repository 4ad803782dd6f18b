"""What the bell told the caller: list it, and say that it was read."""

from typing import Any
from uuid import UUID

from app.api.blueprint import Part
from app.api.schemas.messages import (
    LatestSchema,
    LimitSchema,
    NoticesSchema,
    RungNotice,
)
from app.core import clock
from app.directory import queries as directory
from app.doors import current
from app.notifications import queries, service

bp = Part("notices", "What the bell told the caller")


@bp.get("/notices")
@bp.arguments(LimitSchema, location="query")
@bp.response(200, NoticesSchema)
def index(asked: dict[str, int]) -> dict[str, Any]:
    """List the caller's own notices, the latest first, and how many are new."""
    by = current.actor()
    found = queries.notices(by=by, **asked)
    ids = directory.outside_ids(facilities=[each.facility_id for each in found])
    return {
        "notices": [
            RungNotice(each, ids.facilities[each.facility_id]) for each in found
        ],
        "unread": queries.unread(by=by),
    }


@bp.post("/notices/<uuid:notice_id>/read")
@bp.response(204)
def read(notice_id: UUID) -> None:
    """Mark one notice as read; doing it twice changes nothing."""
    service.read_notice(notice_id, by=current.actor(), now=clock.now())


@bp.post("/notices/read")
@bp.arguments(LatestSchema)
@bp.response(204)
def read_all(latest: UUID) -> None:
    """Mark a notice and all before it as read: what came since stays new."""
    service.read_notices(latest, by=current.actor(), now=clock.now())
