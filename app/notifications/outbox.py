"""What staff read of the messages to patients: where each stands, and why."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.core.actor import Actor
from app.core.db import db
from app.directory.views import FacilityView
from app.notifications import channels, reaching, rows, wording
from app.notifications.kinds import Channel, Sending
from app.notifications.models import Message, MessageTry
from app.notifications.views import ContactView, SentView, TryView
from app.notifications.wording import Texts
from app.patients import internal as patients
from app.patients.views import PatientView

MOST_SENT = 100


def outbox(
    facility: FacilityView,
    *,
    by: Actor,
    status: Sending | None = None,
) -> list[SentView]:
    """
    Give the messages to patients of a facility, the latest first, `MOST_SENT` at once.

    :raises ForbiddenError: if the actor does not keep its messages
    """
    accounts.require(by, Permission.KEEP_MESSAGES, Scope(facility.id))
    found = select(Message).where(
        Message.facility_id == facility.id, Message.patient_id.is_not(None)
    )
    if status is not None:
        found = found.where(Message.status == status)
    listed = db.session.scalars(
        found.order_by(Message.id.desc()).limit(MOST_SENT)
    ).all()
    people = patients.many(each.patient_id for each in listed if each.patient_id)
    tried = _tries(each.id for each in listed)
    known = wording.load(facility.id)
    return [
        _view(row, facility, known, people[row.patient_id], tried[row.id])
        for row in listed
        if row.patient_id is not None
    ]


def open_channels(facility: FacilityView, *, by: Actor) -> frozenset[Channel]:
    """Tell which ways out are set up; who keeps messages may know."""
    accounts.require(by, Permission.KEEP_MESSAGES, Scope(facility.id))
    return frozenset(channels.open_ones())


def contact(patient: UUID, scope: Scope, *, by: Actor) -> ContactView:
    """Give how a patient wants to be reached."""
    accounts.require(by, Permission.VIEW_PATIENTS, scope)
    return reaching.contact(patients.one(patient).id)


def _view(
    row: Message,
    facility: FacilityView,
    known: Texts,
    who: PatientView,
    tries: list[TryView],
) -> SentView:
    told = rows.message(row)
    if not wording.has(row.kind):
        return SentView(told, who, "", row.due_at, tuple(tries))

    # Where the link leads is for the patient alone.
    data = row.data | ({"secret": "…"} if "secret" in row.data else {})

    def said(language: str) -> str:
        text = known.of(row.kind, language, row.channel)
        return wording.say(text, data, facility)

    others = [each for each in wording.LANGUAGES if each != who.language]
    return SentView(
        told,
        who,
        said(who.language),
        row.due_at,
        tuple(tries),
        tuple((each, said(each)) for each in others),
    )


def _tries(messages: Iterable[int]) -> dict[int, list[TryView]]:
    found = (
        select(MessageTry)
        .where(MessageTry.message_id.in_(list(messages)))
        .order_by(MessageTry.id.desc())
    )
    tried: dict[int, list[TryView]] = defaultdict(list)
    for row in db.session.scalars(found):
        told = TryView(row.at, row.channel, row.outcome, row.words, row.template_id)
        tried[row.message_id].append(told)
    return tried
