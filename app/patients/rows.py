"""From rows to views."""

from app.patients.models import Patient, PatientMerge
from app.patients.views import MergeView, Need, PatientView


def view(patient: Patient) -> PatientView:
    return PatientView(
        id=patient.id,
        public_id=patient.public_id,
        mrn=patient.mrn,
        name=patient.name,
        phone=patient.phone,
        sex=patient.sex,
        birth_date=patient.birth_date,
        birth_year=patient.birth_year,
        language=patient.language,
        prefers=tuple(patient.prefers),
        needs=frozenset(Need(each) for each in patient.needs),
    )


def merge_view(row: PatientMerge, merged: Patient) -> MergeView:
    return MergeView(row.public_id, view(merged), row.at, row.by_name)
