"""What doors read of an appointment's resources: why each, and what could stand in."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.booking import assignment, needs, places, remedies, resource_queries, rows
from app.booking.kinds import How
from app.booking.models import Appointment, BookingResource
from app.booking.views import AppointmentView, ClaimView, Hindrance, Want
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import NotFoundError
from app.directory import internal as directory
from app.directory.views import ResourceView


class Used(Struct, frozen=True):
    """
    A resource of an appointment: by whom, when, how and why it was assigned.

    `passed` says why others were not chosen, by their names; `override` why it may be
    there beside another booking.
    """

    claim: ClaimView
    why: str = ""
    passed: Mapping[str, str] | None = None
    override: str = ""


class Usage(Struct, frozen=True):
    """The resources of an appointment, and what it needs and has not got."""

    parts: tuple[Used, ...]
    lacks: tuple[str, ...]


class Stead(Struct, frozen=True):
    """Who or what could stand in for a resource; with `why`, why it cannot."""

    resource: ResourceView
    why: str = ""
    hindrance: Hindrance | None = None


def used(appointment: UUID, *, by: Actor) -> Usage:
    """
    Give the resources of an appointment, each with how it came to be there.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    told = resource_queries.assigned(appointment, by=by)
    chosen = _chosen(appointment)
    called = {each.code: each.name for each in directory.resources(told.facility.id)}
    overrides = _overrides(appointment)
    parts = []
    for claim in told.resources:
        part = Used(claim, override=overrides.get(claim.resource.id, ""))
        choice = chosen.get(claim.resource.code)
        if choice is not None and claim.how == How.AUTO:
            passed = {
                called.get(code, code): why
                for code, why in (choice.get("passed") or {}).items()
            }
            part = replace(part, why=str(choice.get("why", "")), passed=passed)
        parts.append(part)
    lacking = needs.unmet(needs.of(told.type), rows.used_by(told))
    return Usage(tuple(parts), tuple(need.name for need in lacking))


def instead(
    appointment: UUID, resource: UUID, *, by: Actor
) -> tuple[ClaimView, list[Stead]]:
    """
    Give a resource of an appointment and what could stand in for it, the free first.

    :raises ForbiddenError: if the actor may not change the appointment
    :raises NotFoundError: if it does not exist or has no such resource, or is not for
        this actor's eyes
    """
    told = rows.seen(appointment, by)
    accounts.require(by, Permission.MODIFY, rows.scope_of(told))
    claim = next((c for c in told.resources if c.resource.public_id == resource), None)
    if claim is None or claim.resource.id == told.resource.id:
        raise NotFoundError("resource", field="resource_id")
    others = _visible(told, claim.resource, by)
    if not others:
        return claim, []
    shut = assignment.closed(others, told.facility, by)
    wants = [Want(each.public_id, claim.during) for each in others]
    met: dict[int, Hindrance] = {}
    for each in resource_queries.hindrances(
        told.facility.public_id, wants, by=by, without=appointment
    ):
        met.setdefault(each.resource.id, each)
    found = [
        Stead(
            each,
            why=shut[each.id].why if each.id in shut else _why(met.get(each.id)),
            hindrance=met.get(each.id),
        )
        for each in others
    ]
    return claim, sorted(found, key=lambda each: bool(each.why))


def _visible(
    told: AppointmentView, lacking: ResourceView, by: Actor
) -> list[ResourceView]:
    may = accounts.asking(by, Permission.VIEW_CALENDAR)
    return [
        each
        for each in remedies.others(told, lacking)
        if may(places.scope(told.facility, [each]))
    ]


def _why(hindrance: Hindrance | None) -> str:
    return hindrance.reason if hindrance else ""


def _chosen(appointment: UUID) -> dict[str, Mapping[str, Any]]:
    """Give the latest choice of each resource, by its code, as the trail has it."""
    found: dict[str, Mapping[str, Any]] = {}
    for line in reversed(audit.lines("appointment", appointment)):
        for choice in (line.after or {}).get("assigned") or ():
            found[choice["resource"]] = choice
    return found


def _overrides(appointment: UUID) -> dict[int, str]:
    row = BookingResource
    found = (
        select(row.resource_id, row.override_reason)
        .join(Appointment, Appointment.id == row.appointment_id)
        .where(Appointment.public_id == appointment, row.current, row.overridden)
    )
    return {number: reason or "" for number, reason in db.session.execute(found)}
