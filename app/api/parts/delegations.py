"""Delegations: lend what one may do, list it, take it back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.accounts import queries, service
from app.accounts.delegating import NewDelegation
from app.accounts.views import DelegationView
from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.hours import MadeSchema
from app.api.schemas.people import (
    AllDelegationsSchema,
    DelegationsSchema,
    Lending,
    LendingSchema,
    Lent,
)
from app.core import clock
from app.directory import queries as directory
from app.doors import current

bp = Part("delegations", "Acting on behalf of somebody: lend, list, revoke")


@bp.get("/delegations")
@bp.response(200, DelegationsSchema)
def index() -> dict[str, list[Lent]]:
    """List what is lent to the caller at this moment, and what they ever lent."""
    by = current.actor()
    return {
        "lent_to_me": _outside(queries.lent_to(by, now=clock.now())),
        "lent_by_me": _outside(queries.lent_by(by)),
    }


@bp.get("/delegations/all")
@bp.response(200, AllDelegationsSchema)
def everybodys() -> dict[str, list[Lent]]:
    """List all that was ever lent, for who manages accounts."""
    return {"delegations": _outside(queries.delegations(by=current.actor()))}


@bp.post("/delegations")
@bp.arguments(LendingSchema)
@bp.response(201, MadeSchema)
def lend(asked: Lending) -> dict[str, Any]:
    """Lend permissions over resources to somebody; it ends by itself."""
    by = current.actor()
    facility = facility_of(asked.facility_id)
    order = NewDelegation(
        to=asked.to,
        permissions=asked.permissions,
        facility_id=facility.id,
        things=frozenset(
            directory.resource(facility, each, by=by).thing
            for each in asked.resource_ids
        ),
        during=asked.during,
    )
    return {"id": service.delegate(order, by=by, now=clock.now())}


@bp.post("/delegations/<uuid:delegation_id>/revoke")
@bp.response(204)
def revoke(delegation_id: UUID) -> None:
    """End a delegation at once."""
    service.revoke_delegation(delegation_id, by=current.actor(), now=clock.now())


def _outside(found: Sequence[DelegationView]) -> list[Lent]:
    """Put outside ids in place of row numbers."""
    ids = directory.outside_ids(
        facilities=[each.facility_id for each in found],
        resources=[number for each in found for number in each.resource_ids],
    )
    return [
        Lent(
            id=each.id,
            lender=each.lender,
            borrower=each.borrower,
            permissions=each.permissions,
            facility_id=ids.facilities.get(each.facility_id),
            resource_ids=tuple(ids.resources[own] for own in each.resource_ids),
            during=each.during,
            revoked_at=each.revoked_at,
        )
        for each in found
    ]
