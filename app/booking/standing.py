"""What stands as a booking begins: rules, who comes, and no hold that has run out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, Uuid, bindparam, select

from app.booking import holding, ruling
from app.booking.ruling import Ruleset, Setting
from app.booking.views import NewToken
from app.core.constant import Constant, any_of
from app.core.errors import NotFoundError
from app.directory import internal as directory
from app.directory.views import Bookable, FacilityView
from app.patients import internal as patients
from app.patients.views import PatientView


class Standing(Struct, frozen=True):
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
    return _told(row, resource_ids, now=now)


def of_token(
    order: NewToken,
    patient_ids: Sequence[UUID],
    ask: Callable[[Bookable], None],
    *,
    now: datetime,
) -> tuple[Bookable, Standing]:
    """
    Read what a token's order names, and what stands, in one statement.

    `ask` raises before anything is freed if it must not be. The caller holds the lock
    of the resource.

    :raises NotFoundError: naming the first that is not there
    """
    row = _TOKEN.send(
        {
            "facility": order.facility_id,
            "resource": order.resource_id,
            "kind": order.type_id,
            "patients": list(patient_ids),
            "now": now,
        }
    ).one_or_none()
    if row is None:
        # Slowly, to say which of them is missing.
        what = directory.bookable(order.facility_id, order.resource_id, order.type_id)
        ask(what)
        return what, read(what.facility, [what.resource.id], patient_ids, now=now)
    what = directory.booked(row)
    ask(what)
    return what, _told(row, [what.resource.id], now=now)


def _told(row: Any, resource_ids: Sequence[int], *, now: datetime) -> Standing:
    if row.ran_out:
        holding.expire(resource_ids, now=now)
    known = (patients.told(each) for each in row.people or [])
    return Standing(
        rules=Ruleset(tuple(Setting(*each) for each in row.rules or [])),
        known={each.public_id: each for each in known},
    )


def _stands(
    facility: ColumnElement[int], ran_out: Select[int]
) -> tuple[ColumnElement[Any], ...]:
    return (
        ruling.beside(facility).label("rules"),
        patients.named(any_of("patients", Uuid)).label("people"),
        ran_out.exists().label("ran_out"),
    )


_STANDING = Constant(select(*_stands(bindparam("facility"), holding.RUN_OUT)))
_TOKEN = Constant(
    directory.booked_beside(lambda at, what: _stands(at, holding.run_out(what)))
)
