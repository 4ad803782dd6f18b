"""What patients said of messages, when two of them are made one, or two again."""

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from app.core import events as house
from app.core.db import db
from app.notifications import contacting
from app.notifications.kinds import Channel
from app.notifications.models import Consent, Contact
from app.patients.events import Merged, Parted

# What the kept one takes over together, where they have nothing in the first of it.
_TAKEN = {
    "contacts.channel": ("channel",),
    "contacts.email": ("email",),
    "contacts.guardian": ("guardian", "guardian_is", "guardian_phone"),
}
_EMPTY = {"channel": Channel.UNDECIDED.value, "guardian_phone": None}
_CONSENTS, _STOPPED = "consents", "contacts.stopped."


def listen() -> None:
    """Hear of patients who are made one, and of those who are not; at composition."""
    house.subscribe(Merged, _follow)
    house.subscribe(Parted, _go_back)


def _follow(event: Merged) -> None:
    """Let consents follow, and send nothing to who wanted nothing under either name."""
    own = aliased(Consent)
    # What both agreed to in the same words is kept of each.
    same = select(own.id).where(
        own.patient_id == event.kept_id,
        own.given_by == Consent.given_by,
        own.given_as == Consent.given_as,
        own.version == Consent.version,
    )
    moved = update(Consent).where(Consent.patient_id == event.merged_id, ~same.exists())
    gone = db.session.scalars(
        moved.values(patient_id=event.kept_id).returning(Consent.id)
    )
    event.moved[_CONSENTS] = sorted(gone.all())
    theirs = contacting.locked(event.merged_id)
    if theirs is None:
        return
    kept = contacting.begun(event.kept_id)
    _take(event, kept, theirs)
    if event.moved[_CONSENTS]:
        _agreed(kept)
    db.session.flush()


def _take(event: Merged, kept: Contact, theirs: Contact) -> None:
    for name, columns in _TAKEN.items():
        if _bare(kept, columns[0]) and not _bare(theirs, columns[0]):
            for column in columns:
                setattr(kept, column, getattr(theirs, column))
            event.moved[name] = [kept.id]
    for channel in sorted(set(theirs.stopped) - set(kept.stopped)):
        event.moved[f"{_STOPPED}{channel}"] = [kept.id]
    if theirs.stopped:
        kept.stopped = sorted({*kept.stopped, *theirs.stopped})
        kept.stopped_at = kept.stopped_at or theirs.stopped_at


def _go_back(event: Parted) -> None:
    """Give consents back, and take back what was taken over and not changed since."""
    only = event.moved.get(_CONSENTS, [])
    back = update(Consent).where(
        Consent.patient_id == event.kept_id, Consent.id.in_(only)
    )
    db.session.execute(back.values(patient_id=event.merged_id))
    kept, theirs = map(contacting.locked, (event.kept_id, event.merged_id))
    if kept is None or theirs is None:
        return
    for name, columns in _TAKEN.items():
        same = all(getattr(kept, each) == getattr(theirs, each) for each in columns)
        # Who chose mail since needs the address.
        needed = name == "contacts.email" and kept.channel == Channel.EMAIL
        if name in event.moved and same and not needed:
            for column in columns:
                setattr(kept, column, _EMPTY.get(column, ""))
    stopped = {each for each in kept.stopped if f"{_STOPPED}{each}" not in event.moved}
    kept.stopped = sorted(stopped)
    kept.stopped_at = kept.stopped_at if stopped else None
    if only:
        _agreed(kept)
    db.session.flush()


def _agreed(kept: Contact) -> None:
    """Say who agreed last of those whose consents are there."""
    found = select(Consent).where(Consent.patient_id == kept.patient_id)
    last = db.session.scalar(found.order_by(Consent.given_at.desc()).limit(1))
    kept.agreed_by = last.given_by if last else ""
    kept.agreed_at = last.given_at if last else None


def _bare(row: Contact, column: str) -> bool:
    return bool(getattr(row, column) == _EMPTY.get(column, ""))
