"""People: find, register, read."""

from uuid import UUID

from app.accounts.views import Scope
from app.api.blueprint import Part
from app.api.schemas.patients import (
    AtFacility,
    DeskSchema,
    NewPatientSchema,
    PatientSchema,
    PatientsSchema,
    SearchSchema,
)
from app.core import clock
from app.directory import queries as directory
from app.doors import current
from app.patients import queries, service
from app.patients.views import NewPatient, PatientView

bp = Part("patients", "People, as the desk of a facility sees them")


@bp.get("/patients")
@bp.arguments(SearchSchema, location="query")
@bp.response(200, PatientsSchema)
def search(asked: AtFacility[str]) -> dict[str, list[PatientView]]:
    """Find people by phone, its last four digits, record number or name."""
    scope = _scope(asked.facility_id)
    return {"patients": queries.search(asked.what, by=current.actor(), scope=scope)}


@bp.post("/patients")
@bp.arguments(NewPatientSchema)
@bp.response(201, PatientSchema)
def register(asked: AtFacility[NewPatient]) -> PatientView:
    """Register a person, with the next record number unless one is given."""
    scope = _scope(asked.facility_id)
    return service.register(
        asked.what, by=current.actor(), now=clock.now(), scope=scope
    )


@bp.get("/patients/<uuid:patient_id>")
@bp.arguments(DeskSchema, location="query")
@bp.response(200, PatientSchema)
def show(asked: AtFacility[None], patient_id: UUID) -> PatientView:
    """Read one patient."""
    scope = _scope(asked.facility_id)
    return queries.one(patient_id, by=current.actor(), scope=scope)


def _scope(facility_id: UUID) -> Scope:
    facility = directory.facility_by_id(facility_id, by=current.actor())
    return Scope(facility.id)
