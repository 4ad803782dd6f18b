"""People as JSON, and how they are asked for."""

from typing import Any, Generic, TypeVar
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate
from msgspec import Struct

from app.api.fields import Day, Text, Whole
from app.api.schemas.directory import public_id
from app.patients.views import Details, NewPatient, Sex

T = TypeVar("T")


class AtFacility(Struct, Generic[T], frozen=True):
    """Something asked for from the desk of a facility."""

    facility_id: UUID
    what: T


class PatientSchema(Schema):
    """A person who comes, or for whom somebody comes."""

    id = public_id()
    mrn = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String(
        required=True, allow_none=True, metadata={"description": "E.164"}
    )
    sex = fields.Enum(Sex, by_value=True, required=True)
    birth_date = fields.Date(required=True, allow_none=True)
    birth_year = fields.Integer(required=True, allow_none=True)
    language = fields.String(required=True)
    needs = fields.Function(
        lambda patient: sorted(patient.needs),
        metadata={"type": "array", "items": {"type": "string"}},
    )


class PatientsSchema(Schema):
    patients = fields.List(fields.Nested(PatientSchema), required=True)


class DeskSchema(Schema):
    """From which facility somebody asks."""

    facility_id = fields.UUID(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> AtFacility[None]:
        return AtFacility(data["facility_id"], None)


class SearchSchema(Schema):
    """What is typed into the one search box: phone, its last 4 digits, name or MRN."""

    facility_id = fields.UUID(required=True)
    q = Text(least=1, most=80, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> AtFacility[str]:
        return AtFacility(data["facility_id"], data["q"])


class CorrectionSchema(Schema):
    """What is known of a person, as the desk of a facility has it now."""

    facility_id = fields.UUID(required=True)
    name = Text(least=1, most=120, required=True)
    phone = Text(most=40, allow_none=True)
    sex = fields.Enum(Sex, by_value=True)
    birth_date = Day(allow_none=True)
    birth_year = Whole(least=1, most=9999, allow_none=True)
    language = fields.String(
        validate=validate.Regexp(
            r"[a-z]{2,3}(-[A-Z]{2})?\Z", error="Give a language, for example en or hi."
        )
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        return AtFacility(data.pop("facility_id"), Details(**data))


class NewPatientSchema(CorrectionSchema):
    """Somebody to be registered at the desk of a facility."""

    mrn = Text(most=20, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        return AtFacility(data.pop("facility_id"), NewPatient(**data))


class MergeSchema(Schema):
    """Somebody who went up in another patient."""

    id = fields.UUID(required=True)
    merged = fields.Nested(PatientSchema, required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)


class MergesSchema(Schema):
    """Merges, the latest first."""

    merges = fields.List(fields.Nested(MergeSchema), required=True)


class NewMergeSchema(Schema):
    """Who is to go up in the patient of the address."""

    facility_id = fields.UUID(required=True)
    merged_id = fields.UUID(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> AtFacility[UUID]:
        return AtFacility(data["facility_id"], data["merged_id"])
