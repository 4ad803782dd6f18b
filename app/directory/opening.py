"""Act on a place: say who books it, and whether somebody must approve that."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import InputError
from app.core.holding import hold_all
from app.directory import internal
from app.directory.models import Resource
from app.directory.views import PLACES, FacilityView, ResourceView


def open_place(
    facility: FacilityView,
    place: UUID,
    *,
    by: Actor,
    now: datetime,
    restricted: bool | None = None,
    needs_approval: bool | None = None,
) -> ResourceView:
    """
    Say whether only authorised people book a place, and whether its keepers approve.

    What is booked there already stays.

    :raises InputError: if it is no place, but a doctor or a machine
    :raises NotFoundError: if it does not serve in that facility
    """
    with transaction() as session:
        hold_all([f"resource:{place}"])
        told = internal.resource(place, facility.id)
        scope = Scope(facility.id, frozenset({told.thing}))
        accounts.require(by, Permission.KEEP_LOCATION, scope)
        if told.kind not in PLACES:
            raise InputError(field="resource_id", reason="no_place")
        found = select(Resource).where(Resource.public_id == place)
        row = session.scalars(found.with_for_update()).one()
        if restricted is not None:
            row.restricted = restricted
        if needs_approval is not None:
            row.needs_approval = needs_approval
        session.flush()
        audit.record(
            "resource.opened",
            audit.Subject("resource", place, facility.id),
            by=by,
            now=now,
            before=_kept(told),
            after={"restricted": row.restricted, "needs_approval": row.needs_approval},
        )
        return internal.resource(place, facility.id)


def _kept(told: ResourceView) -> dict[str, bool]:
    return {"restricted": told.restricted, "needs_approval": told.needs_approval}
