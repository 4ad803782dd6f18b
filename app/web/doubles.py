"""Patients registered twice: look at both, make them one, and take that back."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.core import clock
from app.core.errors import DomainError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.doors.queue_words import NEEDS
from app.patients import queries, service
from app.patients.views import PatientView, Sex
from app.web.hours_desk import leave_for
from app.web.reading import must, uuid_of
from app.web.telling import refusal_of
from app.web.template_words import SEX, born, phone

bp = Blueprint("doubles", __name__, url_prefix="/patients/<facility>/<uuid:patient>")


@bp.get("/merge/<uuid:other>")
def compare(facility: str, patient: UUID, other: UUID) -> ResponseReturnValue:
    """Show two patients side by side, and what merging them means."""
    place = directory.facility(facility, by=current.actor())
    must(Permission.MERGE_PATIENTS, place)
    return _page(place, patient, other)


@bp.post("/merge/<uuid:other>")
def merge(facility: str, patient: UUID, other: UUID) -> ResponseReturnValue:
    """Keep the one that was chosen; the other goes up in them."""
    by = current.actor()
    place = directory.facility(facility, by=by)
    must(Permission.MERGE_PATIENTS, place)
    chosen = request.form.get("kept", str(patient))
    try:
        kept = uuid_of(chosen, field="kept", what="patient")
        gone = patient if kept == other else other
        service.merge(kept, gone, by=by, now=clock.now(), scope=Scope(place.id))
    except DomainError as error:
        return _page(place, patient, other, error)
    to = url_for("patients.show", facility=facility, patient=kept, done="merged")
    return leave_for(to)


@bp.post("/part/<uuid:merge_id>")
def part(facility: str, patient: UUID, merge_id: UUID) -> ResponseReturnValue:
    """Make two of one again, as they were."""
    by = current.actor()
    place = directory.facility(facility, by=by)
    scope = Scope(place.id)
    service.undo_merge(merge_id, by=by, now=clock.now(), scope=scope)
    to = url_for("patients.show", facility=facility, patient=patient, done="parted")
    return leave_for(to)


def _page(
    place: FacilityView, patient: UUID, other: UUID, error: DomainError | None = None
) -> Response:
    by, scope = current.actor(), Scope(place.id)
    both = [queries.one(each, by=by, scope=scope) for each in (patient, other)]
    return page(
        "web/merge.html",
        partial="web/_merge.html",
        status=problem_of(error).status if error else 200,
        facility=place,
        both=both,
        facts=_facts(*both),
        kept=request.form.get("kept", str(patient)),
        address=url_for(".merge", facility=place.slug, patient=patient, other=other),
        refusal=refusal_of(error, place.zone) if error else None,
        now=clock.now(),
        zone=place.zone,
    )


class Fact(Struct, frozen=True):
    """One thing that is known of two people; `against`: both are known and differ."""

    label: str
    told: tuple[str, str]

    @property
    def against(self) -> bool:
        one, other = self.told
        return bool(one and other and one != other) and self.label in _TELLING


# What one person has only one of: who differs in these is probably somebody else.
_TELLING = frozenset({"Born", "Sex"})


def _facts(one: PatientView, other: PatientView) -> list[Fact]:
    """Put what is known of two people beside one another."""
    asked: dict[str, Callable[[PatientView], str]] = {
        "MRN": lambda it: it.mrn,
        "Born": born,
        "Sex": lambda it: "" if it.sex is Sex.UNKNOWN else SEX[it.sex],
        "Phone": lambda it: phone(it.phone),
        "Needs": lambda it: (
            ", ".join(sorted(NEEDS[need] for need in it.needs)) or "none"
        ),
    }
    return [Fact(label, (tell(one), tell(other))) for label, tell in asked.items()]
