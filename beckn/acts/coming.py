"""Who comes, as a buyer wrote it, on the books of the facility."""

from datetime import datetime
from uuid import UUID

from app.accounts.views import Scope
from app.booking.states import MOVABLE
from app.booking.views import AppointmentView
from app.core.actor import Actor
from app.directory.views import FacilityView, ResourceView
from app.patients import service as patients
from app.patients.views import Details, NewPatient
from beckn.acts import refusals
from beckn.acts.refusals import OF_UPDATING
from beckn.commands import Billing, Init, Person
from beckn.ordering import rows
from beckn.ordering.models import NetworkOrder
from beckn.problems import Code, Problem

PATH = "message.order.fulfillments[0].customer"


def patient(
    who: Person, place: FacilityView, doctor: ResourceView, *, by: Actor, now: datetime
) -> UUID:
    """
    Give who comes: known by an ABHA number that is confirmed, or somebody new.

    Never somebody known by their phone alone: a family has one, and so have others.
    """
    order = NewPatient(
        name=who.name,
        phone=who.phone,
        sex=who.sex,
        birth_year=_birth_year(who, now),
        region=place.region,
    )
    scope = Scope(place.id, frozenset({doctor.thing}))
    if not who.abha:
        return patients.register(order, by=by, now=now, scope=scope).public_id
    return patients.join_by_abha(
        order, who.abha, _years(who, now), by=by, now=now, scope=scope
    ).public_id


def told(
    wanted: Init, row: NetworkOrder | None
) -> tuple[Person | None, Billing | None]:
    """
    Give who comes and pays by what is said now, and what was said before of the same.

    What was known of one is not said of another: whoever has another name is another.
    """
    who, payer = wanted.person, wanted.billing
    known = rows.person(row) if row else None
    paid = rows.billing(row) if row else None
    if known and (who is None or who.name in {"", known.name}):
        who = who.over(known) if who else known
    if paid and (payer is None or payer.name in {"", paid.name}):
        payer = payer.over(paid) if payer else paid
    return who, payer


def correct(
    row: NetworkOrder, visit: AppointmentView, who: Person | None, *, now: datetime
) -> None:
    """
    Put right what was said of who comes, in the order and on the books.

    What is not said again stays. Only whom this order registered, and before they are
    here: whom the desk knows better it corrects itself.

    :raises Problem: if nothing is said, or it is the facility's to correct
    """
    known, patient = rows.person(row), visit.patient
    if who is None:
        raise Problem(Code.UPDATE_INCONSISTENT, PATH, "who comes is missing")
    if known is None or patient is None or visit.status not in MOVABLE:
        raise Problem(Code.NO_UPDATE, PATH, "the facility knows who comes; call it")
    now_known = who.over(known)
    place, doctor = visit.facility, visit.resource
    order = Details(
        name=now_known.name,
        phone=now_known.phone,
        sex=now_known.sex,
        birth_year=patient.birth_year if who.age is None else _birth_year(who, now),
        language=patient.language,
        region=place.region,
    )
    with refusals.told(OF_UPDATING, PATH):
        patients.correct(
            patient.public_id,
            order,
            by=rows.actor(row),
            now=now,
            scope=Scope(place.id, frozenset({doctor.thing})),
        )
    row.asked = rows.asked(now_known, rows.billing(row))


def _birth_year(who: Person, now: datetime) -> int | None:
    if who.birth_year is not None or who.age is None:
        return who.birth_year
    return now.year - who.age


def _years(who: Person, now: datetime) -> list[int]:
    """Give the years in which somebody may be born: of an age there are two."""
    if who.birth_year is not None:
        return [who.birth_year]
    return [] if who.age is None else [now.year - who.age, now.year - who.age - 1]
