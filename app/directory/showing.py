"""Acts on what patients see: whom they may book themselves, and in which colour."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import transaction
from app.core.holding import hold_all
from app.directory import colours, internal, logos, rows, saving
from app.directory.models import Facility, Post
from app.directory.views import FacilityView, ResourceView

MOST_HELD = 1000


def show_online(
    facility: FacilityView, resource: UUID, *, public: bool, by: Actor, now: datetime
) -> ResourceView:
    """
    Say whether patients book a resource themselves in a facility.

    What is booked already stays.

    :raises NotFoundError: if it does not serve in that facility
    """
    with transaction() as session:
        hold_all([f"resource:{resource}"])
        told = internal.resource(resource, facility.id)
        scope = Scope(facility.id, frozenset({told.thing}))
        accounts.require(by, Permission.MANAGE_SCHEDULES, scope)
        found = select(Post).where(
            Post.resource_id == told.id, Post.facility_id == facility.id
        )
        session.scalars(found.with_for_update()).one().public = public
        session.flush()
        audit.record(
            "resource.shown_online",
            audit.Subject("resource", resource, facility.id),
            by=by,
            now=now,
            before={"public": told.public},
            after={"public": public},
        )
        return internal.resource(resource, facility.id)


def set_online(
    facility: FacilityView,
    *,
    colour: str,
    online_holds: int,
    by: Actor,
    now: datetime,
) -> FacilityView:
    """
    Set the colour of a facility's pages for patients, and how many places they hold.

    :raises InputError: if the colour cannot be read, or the number cannot be right
    """
    fields = {
        "colour": colours.checked(colour),
        "online_holds": saving.within(0, MOST_HELD, online_holds=online_holds),
    }
    with transaction() as session:
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
        row = session.get_one(Facility, facility.id, with_for_update=True)
        saving.change_facility(row, fields, by=by, now=now)
        return rows.facility(row)


def set_logo(
    facility: FacilityView, picture: bytes | None, *, by: Actor, now: datetime
) -> FacilityView:
    """
    Set the picture on a facility's pages for patients; None takes it away.

    :raises InputError: if it is neither PNG nor JPEG, or too large
    """
    logo = None if picture is None else logos.checked(picture)
    with transaction() as session:
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
        row = session.get_one(Facility, facility.id, with_for_update=True)
        before = row.logo_mark
        row.logo = logo
        session.flush()
        session.refresh(row, ["logo_mark"])
        if row.logo_mark != before:
            audit.record(
                "facility.changed",
                audit.Subject("facility", row.public_id, row.id),
                by=by,
                now=now,
                before={"logo": before or ""},
                after={"logo": row.logo_mark or ""},
            )
        return rows.facility(row)
