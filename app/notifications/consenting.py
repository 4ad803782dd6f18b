"""Who agreed that a patient is sent messages: themselves, or a minor's guardian."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import InputError
from app.core.text import clean
from app.notifications import contacting
from app.notifications.kinds import Agreed, Guardian
from app.notifications.models import Consent
from app.patients import internal as patients
from app.patients.views import PatientView

# The data-protection notice of now; another text is another version.
NOTICE = "2026-11"
OF_AGE = 18


class Agreement(Struct, frozen=True):
    """
    Somebody agrees, having read the notice in a language: as the patient, or for them.

    `phone` is that of the guardian, E.164.
    """

    given_by: str
    language: str
    how: Agreed
    given_as: Guardian | None = None
    phone: str | None = None


class ConsentView(Struct, frozen=True):
    """Who agreed, as what, by which version of the notice, where and when."""

    given_by: str
    given_as: Guardian | None
    version: str
    language: str
    how: Agreed
    given_at: datetime


class StandingView(Struct, frozen=True):
    """What was agreed to so far, the latest first, and whether to ask anew."""

    minor: bool
    given: tuple[ConsentView, ...]

    @property
    def of_age(self) -> bool:
        """Say whether somebody agreed for them who may not do so any more."""
        return bool(self.given and self.given[0].given_as and not self.minor)

    @property
    def due(self) -> bool:
        """Say whether who may agree now has not yet, to the notice of now."""
        if not self.given or self.given[0].version != NOTICE:
            return True
        return (self.given[0].given_as is not None) != self.minor


def minor(who: PatientView, now: datetime) -> bool:
    """Say whether somebody is below 18, as far as the year of their birth tells."""
    return young(who.born_in, now)


def young(born: int | None, now: datetime) -> bool:
    """Say whether who was born in a year is below 18; not, where it is unknown."""
    return born is not None and now.year - born < OF_AGE


def standing(who: PatientView, *, now: datetime) -> StandingView:
    """Give what was agreed to for a patient."""
    found = select(Consent).where(Consent.patient_id == who.id)
    return StandingView(
        minor(who, now),
        tuple(
            ConsentView(
                row.given_by,
                Guardian(row.given_as) if row.given_as else None,
                row.version,
                row.language,
                row.how,
                row.given_at,
            )
            for row in db.session.scalars(found.order_by(Consent.id.desc()))
        ),
    )


def agree(
    patient: UUID, told: Agreement, scope: Scope, *, by: Actor, now: datetime
) -> None:
    """
    Keep who agreed, and of a minor who is told instead; twice is kept once.

    :raises InputError: if somebody else than their guardian agrees for a minor
    """
    accounts.require(by, Permission.REGISTER_PATIENTS, scope)
    name = clean(told.given_by, field="given_by", least=1, most=120)
    with transaction():
        who = patients.one(patient)
        if minor(who, now) != (told.given_as is not None):
            raise InputError(field="guardian", reason="guardian_agrees")
        values = {"agreed_by": name, "agreed_at": now}
        if told.given_as is not None and told.phone:
            values |= guarded(name, told.given_as, told.phone)
        if not write(who, told, name, now=now):
            return
        db.session.execute(contacting.keep(who.id, values, values))
        audit.record(
            "patient.agreed",
            audit.Subject("patient", who.public_id),
            by=by,
            now=now,
            after={
                "given_by": name,
                "given_as": told.given_as,
                "version": NOTICE,
                "how": told.how,
            },
        )


def write(who: PatientView, told: Agreement, name: str, *, now: datetime) -> bool:
    """Write down who agreed to the notice of now; say whether that is new."""
    made = insert(Consent).values(
        patient_id=who.id,
        given_by=name,
        given_as=told.given_as or "",
        version=NOTICE,
        language=told.language,
        how=told.how,
        given_at=now,
    )
    kept = made.on_conflict_do_nothing().returning(Consent.id)
    return db.session.scalar(kept) is not None


def guarded(name: str, given_as: Guardian, phone: str) -> dict[str, str]:
    """Give the columns that say who is told instead of a minor."""
    return {"guardian": name, "guardian_is": given_as, "guardian_phone": phone}
