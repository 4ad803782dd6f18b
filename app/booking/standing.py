"""What stands as a booking begins: rules, who comes, and no hold that has run out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.booking import holding, ruling
from app.booking.ruling import Ruleset, Setting
from app.core.constant import Constant, any_of
from app.core.errors import NotFoundError
from app.directory.views import FacilityView
from app.patients import internal as patients
from app.patients.views import PatientView


@dataclass(frozen=True, slots=True)
class Standing:
    """The rules of a facility, and those who were named, by their public ids."""

    rules: Ruleset
    known: Mapping[UUID, PatientView]

    def people(self, ids: Sequence[UUID]) -> list[PatientView]:
        """
        Give who comes, each once.

        :raises NotFoundError: if one is not there
        """
        try:
            return [self.known[each] for each in dict.fromkeys(ids)]
        except KeyError as exc:
            raise NotFoundError("patient", field="patient_id") from exc


def read(
    facility: FacilityView,
    resource_ids: Sequence[int],
    patient_ids: Sequence[UUID],
    *,
    now: datetime,
) -> Standing:
    """
    Free what was held of these resources for too long, and read the rest, at once.

    The caller holds the locks of the resources.
    """
    row = _STANDING.send(
        {
            "facility": facility.id,
            "resource_ids": list(resource_ids),
            "patients": list(patient_ids),
            "now": now,
        },
    ).one()
    if row.ran_out:
        holding.expire(resource_ids, now=now)
    known = (patients.told(each) for each in row.people or [])
    return Standing(
        rules=Ruleset(tuple(Setting(*each) for each in row.rules or [])),
        known={each.public_id: each for each in known},
    )


_RULES = ruling.STANDING.subquery("rules").c
_STANDING = Constant(
    select(
        select(
            func.json_agg(
                aggregate_order_by(
                    func.json_build_array(
                        _RULES.kind,
                        _RULES.settings,
                        _RULES.department_id,
                        _RULES.resource_id,
                        _RULES.type_id,
                    ),
                    _RULES.position,
                    _RULES.id,
                )
            )
        )
        .scalar_subquery()
        .label("rules"),
        patients.named(any_of("patients", Uuid)).label("people"),
        holding.RUN_OUT.exists().label("ran_out"),
    )
)
