"""What queues stand on: policies, counters, visits, needs, and how waits came out."""

from typing import Any
from uuid import UUID

from app.accounts.views import Scope
from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.patients import AtFacility, DeskSchema, PatientSchema
from app.api.schemas.queue_policies import (
    NewPolicySchema,
    PoliciesSchema,
    PolicySchema,
    PreviewsSchema,
)
from app.api.schemas.queues import (
    AccuracySchema,
    ChangingCounterSchema,
    CounterSchema,
    CountersSchema,
    NeedsSchema,
    NewCounterSchema,
    PeriodSchema,
    VisitsSchema,
)
from app.core import clock
from app.core.spans import Span
from app.doors import current
from app.patients import service as patients
from app.patients.views import PatientView
from app.queues import queries, service
from app.queues.views import (
    Accuracy,
    CounterView,
    NewCounter,
    NewPolicy,
    PolicyView,
    Preview,
    VisitView,
)

bp = Part("lobby", "Queue policies, counters, visits of a patient")


@bp.get("/facilities/<uuid:facility_id>/queue-policies")
@bp.response(200, PoliciesSchema)
def policies(facility_id: UUID) -> dict[str, list[PolicyView]]:
    """List every version of a facility's queue policies, the newest of each first."""
    found = queries.policy_versions(facility_of(facility_id), by=current.actor())
    return {"policies": found}


@bp.post("/facilities/<uuid:facility_id>/queue-policies")
@bp.arguments(NewPolicySchema)
@bp.response(201, PolicySchema)
def save_policy(asked: dict[str, Any], facility_id: UUID) -> PolicyView:
    """Let a policy hold from now on; who waits today is put in its order."""
    wanted = NewPolicy(facility_of(facility_id).public_id, **asked)
    return service.save_policy(wanted, by=current.actor(), now=clock.now())


@bp.post("/facilities/<uuid:facility_id>/queue-policies/preview")
@bp.arguments(NewPolicySchema)
@bp.response(200, PreviewsSchema)
def preview_policy(
    asked: dict[str, Any], facility_id: UUID
) -> dict[str, list[Preview]]:
    """Show today's queues as they stand, and as a policy would have them."""
    wanted = NewPolicy(facility_of(facility_id).public_id, **asked)
    return {"queues": queries.preview(wanted, by=current.actor(), now=clock.now())}


@bp.get("/facilities/<uuid:facility_id>/counters")
@bp.response(200, CountersSchema)
def counters(facility_id: UUID) -> dict[str, list[CounterView]]:
    """List the counters of a facility."""
    found = queries.counters(facility_of(facility_id), by=current.actor())
    return {"counters": found}


@bp.post("/facilities/<uuid:facility_id>/counters")
@bp.arguments(NewCounterSchema)
@bp.response(201, CounterSchema)
def add_counter(asked: dict[str, Any], facility_id: UUID) -> CounterView:
    """Add a desk or door people are called to."""
    wanted = NewCounter(facility_of(facility_id).public_id, **asked)
    return service.add_counter(wanted, by=current.actor(), now=clock.now())


@bp.post("/counters/<uuid:counter_id>")
@bp.arguments(ChangingCounterSchema)
@bp.response(200, CounterSchema)
def change_counter(asked: dict[str, Any], counter_id: UUID) -> CounterView:
    """Give a counter another name, or take it out of use or back in."""
    return service.change_counter(
        counter_id, by=current.actor(), now=clock.now(), **asked
    )


@bp.get("/patients/<uuid:patient_id>/visits")
@bp.arguments(DeskSchema, location="query")
@bp.response(200, VisitsSchema)
def visits(asked: AtFacility[None], patient_id: UUID) -> dict[str, list[VisitView]]:
    """List the visits of a patient, the latest first."""
    scope = Scope(facility_of(asked.facility_id).id)
    return {"visits": queries.visits(patient_id, by=current.actor(), scope=scope)}


@bp.post("/patients/<uuid:patient_id>/needs")
@bp.arguments(NeedsSchema)
@bp.response(200, PatientSchema)
def set_needs(asked: dict[str, Any], patient_id: UUID) -> PatientView:
    """Say what a person needs: it may give them precedence where they wait."""
    return patients.set_needs(
        patient_id,
        asked["needs"],
        by=current.actor(),
        now=clock.now(),
        scope=Scope(facility_of(asked["facility_id"]).id),
    )


@bp.get("/facilities/<uuid:facility_id>/wait-accuracy")
@bp.arguments(PeriodSchema, location="query")
@bp.response(200, AccuracySchema)
def accuracy(window: Span, facility_id: UUID) -> Accuracy:
    """Tell how the waits told at check-in compare with those that came."""
    return queries.accuracy(facility_of(facility_id), window, by=current.actor())
