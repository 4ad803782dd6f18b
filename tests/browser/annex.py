"""A small facility of its own for the page of a visit: three chairs, a nurse."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.accounts.permissions import Role
from app.accounts.views import UserView
from app.booking import service as booking
from app.booking.views import Want
from app.core.actor import SYSTEM
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, ResourceView, TypeView
from tests import factories as make


@dataclass(frozen=True)
class Annex:
    """Pairs of visits at one time, in Chair 1 and in Chair 2; Chair 3 is free."""

    place: FacilityView
    nurse: UserView
    pairs: tuple[tuple[UUID, UUID], ...]


def build(day: date, kind: TypeView, *, now: datetime) -> Annex:
    place = make.facility("annex")
    make.hours(place)
    chairs = [
        make.resource(place, ResourceKind.CHAIR, code=f"chair-{n}", name=f"Chair {n}")
        for n in (1, 2, 3)
    ]
    doctors = [
        make.resource(place, code=f"dentist-{n}", name=name)
        for n, name in enumerate(("Dr Lata Iyer", "Dr Paul Jose"))
    ]
    for doctor in doctors:
        make.hours(place, doctor)

    def visit(hour: int, doctor: ResourceView, chair: ResourceView, who: str) -> UUID:
        also = (Want(chair.public_id),)
        start, patient = make.local(hour, day=day), make.patient(who)
        order = make.timed_order(place, doctor, kind, patient, start, also=also)
        return booking.book_timed(order, by=SYSTEM, now=now).id

    pairs = tuple(
        (
            visit(hour, doctors[0], chairs[0], f"Nalini of {hour}"),
            visit(hour, doctors[1], chairs[1], f"Omar of {hour}"),
        )
        for hour in (10, 12)
    )
    return Annex(place, make.user(Role.NURSE, place), pairs)
