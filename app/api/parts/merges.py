"""Patients registered twice: find them, make them one, take that back."""

from uuid import UUID

from app.accounts.views import Scope
from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.patients import (
    AtFacility,
    DeskSchema,
    MergeSchema,
    MergesSchema,
    NewMergeSchema,
    PatientSchema,
    PatientsSchema,
)
from app.core import clock
from app.doors import current
from app.patients import queries, service
from app.patients.views import MergeView, PatientView

bp = Part("merges", "Patients who are one and the same")


@bp.get("/patients/<uuid:patient_id>/doubles")
@bp.arguments(DeskSchema, location="query")
@bp.response(200, PatientsSchema)
def doubles(asked: AtFacility[None], patient_id: UUID) -> dict[str, list[PatientView]]:
    """List who may be the same person."""
    scope = Scope(facility_of(asked.facility_id).id)
    found = queries.doubles(patient_id, by=current.actor(), scope=scope)
    return {"patients": found}


@bp.get("/patients/<uuid:patient_id>/merges")
@bp.arguments(DeskSchema, location="query")
@bp.response(200, MergesSchema)
def index(asked: AtFacility[None], patient_id: UUID) -> dict[str, list[MergeView]]:
    """List who went up in a patient and could be parted again, the latest first."""
    scope = Scope(facility_of(asked.facility_id).id)
    return {"merges": queries.merges(patient_id, by=current.actor(), scope=scope)}


@bp.post("/patients/<uuid:patient_id>/merges")
@bp.arguments(NewMergeSchema)
@bp.response(201, MergeSchema)
def merge(asked: AtFacility[UUID], patient_id: UUID) -> MergeView:
    """Let another patient go up in this one: visits, waits and messages follow."""
    scope = Scope(facility_of(asked.facility_id).id)
    return service.merge(
        patient_id, asked.what, by=current.actor(), now=clock.now(), scope=scope
    )


@bp.post("/merges/<uuid:merge_id>/undo")
@bp.arguments(DeskSchema)
@bp.response(200, PatientSchema)
def undo(asked: AtFacility[None], merge_id: UUID) -> PatientView:
    """Make two of one again, as they were; gives the patient who is back."""
    scope = Scope(facility_of(asked.facility_id).id)
    by, now = current.actor(), clock.now()
    return service.undo_merge(merge_id, by=by, now=now, scope=scope)
