"""By what ids national registries know facilities, and those who work there."""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import constraints, db, transaction
from app.core.errors import InputError
from app.directory import internal, saving
from app.directory.models import Facility, Practitioner, Resource
from app.directory.views import FacilityView

_ID = re.compile(r"[A-Za-z0-9-]{0,40}")


class RegistryIds(Struct, frozen=True):
    """
    Ids by row number of a facility, and of a resource that is somebody.

    Those of facilities are of India's HFR, those of people of its HPR.
    """

    facilities: Mapping[int, str]
    resources: Mapping[int, str]


NOBODYS = RegistryIds({}, {})


def known() -> RegistryIds:
    """Give all ids there are."""
    places = select(Facility.id, Facility.hfr_id).where(Facility.hfr_id != "")
    people = (
        select(Resource.id, Practitioner.hpr_id)
        .join(Practitioner, Practitioner.id == Resource.practitioner_id)
        .where(Practitioner.hpr_id != "")
    )
    return RegistryIds(
        {row.id: row.hfr_id for row in db.session.execute(places)},
        {row.id: row.hpr_id for row in db.session.execute(people)},
    )


def set_registry_ids(
    facility: FacilityView,
    hfr_id: str,
    hpr_ids: Mapping[UUID, str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """
    Set the id of a facility, and those of people who work there, by resource.

    Nothing takes one away. The field of somebody's is named "hpr-" and their code.

    :raises CodeTakenError: if it is another's already
    :raises InputError: if it cannot be an id, or a resource is nobody
    :raises NotFoundError: if a resource does not serve there
    """
    fields = {"hfr_id": _checked(hfr_id, "hfr_id")}
    taken = saving.CodeTakenError(taken="One of these ids")
    means = {"uq_facilities_hfr_id": taken, "uq_practitioners_hpr_id": taken}
    with transaction() as session, constraints(means):
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
        row = session.get_one(Facility, facility.id, with_for_update=True)
        if row.hfr_id != fields["hfr_id"]:
            saving.change_facility(row, fields, by=by, now=now)
        for resource in sorted(hpr_ids):
            _set_one(facility, resource, hpr_ids[resource], by=by, now=now)


def _set_one(
    facility: FacilityView, resource: UUID, hpr_id: str, *, by: Actor, now: datetime
) -> None:
    told = internal.resource(resource, facility.id)
    field = f"hpr-{told.code}"
    wanted = _checked(hpr_id, field)
    row = db.session.scalar(
        select(Practitioner)
        .join(Resource, Resource.practitioner_id == Practitioner.id)
        .where(Resource.id == told.id)
        .with_for_update(of=Practitioner)
    )
    if row is None:
        raise InputError(field=field, reason="registry_id")
    before = row.hpr_id
    if before == wanted:
        return
    row.hpr_id = wanted
    db.session.flush()
    audit.record(
        "resource.changed",
        audit.Subject("resource", resource, facility.id),
        by=by,
        now=now,
        before={"hpr_id": before},
        after={"hpr_id": wanted},
    )


def _checked(written: str, field: str) -> str:
    found = written.strip()
    if not _ID.fullmatch(found):
        raise InputError(field=field, reason="registry_id")
    return found
