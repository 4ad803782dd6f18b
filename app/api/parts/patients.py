"""People: find, register, read."""

from uuid import UUID

from msgspec.structs import replace

from app.accounts.views import Scope
from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.patients import (
    AtFacility,
    CorrectionSchema,
    DeskSchema,
    NewPatientSchema,
    PatientSchema,
    PatientsSchema,
    SearchSchema,
)
from app.core import clock
from app.doors import current
from app.patients import queries, service
from app.patients.views import Details, NewPatient, PatientView

bp = Part("patients", "People, as the desk of a facility sees them")


@bp.get("/patients")
@bp.arguments(SearchSchema, location="query")
@bp.response(200, PatientsSchema)
def search(asked: AtFacility[str]) -> dict[str, list[PatientView]]:
    """Find people by phone, its last four digits, record number or name."""
    facility, by = facility_of(asked.facility_id), current.actor()
    found = queries.search(
        asked.what, by=by, scope=Scope(facility.id), region=facility.region
    )
    return {"patients": found}


@bp.post("/patients")
@bp.arguments(NewPatientSchema)
@bp.response(201, PatientSchema)
def register(asked: AtFacility[NewPatient]) -> PatientView:
    """Register a person, with the next record number unless one is given."""
    facility, by = facility_of(asked.facility_id), current.actor()
    order = replace(asked.what, region=facility.region)
    return service.register(order, by=by, now=clock.now(), scope=Scope(facility.id))


@bp.put("/patients/<uuid:patient_id>")
@bp.arguments(CorrectionSchema)
@bp.response(200, PatientSchema)
def correct(asked: AtFacility[Details], patient_id: UUID) -> PatientView:
    """Put right what is known of a person; what is left out is not known."""
    facility, by = facility_of(asked.facility_id), current.actor()
    order = replace(asked.what, region=facility.region)
    scope = Scope(facility.id)
    return service.correct(patient_id, order, by=by, now=clock.now(), scope=scope)


@bp.get("/patients/<uuid:patient_id>")
@bp.arguments(DeskSchema, location="query")
@bp.response(200, PatientSchema)
def show(asked: AtFacility[None], patient_id: UUID) -> PatientView:
    """Read one patient."""
    scope = Scope(facility_of(asked.facility_id).id)
    return queries.one(patient_id, by=current.actor(), scope=scope)
