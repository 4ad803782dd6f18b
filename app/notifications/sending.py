"""
Send what is due: claim one, hand it to a gateway, write down what became of it.

The gateway is asked between two transactions, so a process may end while it is asked.
Such a message stays claimed until its lease is over. Then the policy of its channel
decides: it goes again where the other side knows it by its id, and else stays unknown.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import select

from app.core.db import db, transaction
from app.directory import internal as directory
from app.directory.views import FacilityView
from app.notifications import channels, house, reaching, stopping, wording
from app.notifications.channels import Letter
from app.notifications.kinds import Channel, Outcome, Sending, Told
from app.notifications.models import Message, MessageTry
from app.notifications.views import TextView

# Longer than any job lasts, so that nobody else takes up what is being sent.
LEASE = timedelta(minutes=10)
# How long to wait after each failure; after the last there is none.
BACK_OFF = (1, 5, 15, 60, 180)
# Nobody is told the news of the day before.
STALE = timedelta(days=1)


class Claimed(Struct, frozen=True):
    message: int
    channel: Channel
    letter: Letter


def ways() -> tuple[Channel, ...]:
    """Give the ways out that are open: one slow gateway must hold up no other."""
    return tuple(channels.open_ones())


def send_one(*, now: datetime, only: Channel | None = None) -> bool:
    """
    Deal with the message that is due longest, if any; tell whether there was one.

    With `only`, what goes another way is left to who sends that way.
    """
    with transaction():
        found = select(Message).where(Message.due_at <= now)
        if only is not None:
            others = [each for each in ways() if each is not only]
            found = found.where(Message.channel.not_in(others))
        first = found.order_by(Message.due_at, Message.id).limit(1)
        row = db.session.scalar(first.with_for_update(skip_locked=True))
        if row is None:
            return False
        claimed = _claim(row, now, only)
    if claimed is not None:
        outcome, why = channels.open_ones()[claimed.channel].send(claimed.letter)
        _close(claimed, outcome, why, now=now)
    return True


def _claim(row: Message, now: datetime, only: Channel | None) -> Claimed | None:
    """Take a message on, or settle it where nothing can be sent."""
    if row.status is Sending.SENDING and not _goes_again(row, now):
        return None
    way, why = _way(row, now)
    if way is None:
        _note(row, Channel.UNDECIDED, Outcome.UNSENT, why, now)
        row.status, row.due_at = Sending.UNSENT, None
        return None
    channel, to, language = way
    if only not in {None, channel}:
        row.channel = channel
        return None
    facility = directory.facilities([row.facility_id])[row.facility_id]
    known = wording.load(facility.id, row.kind)
    text = known.of(row.kind, language, channel)
    row.channel = channel
    if not known.goes_out(text):
        _note(row, channel, Outcome.REFUSED, "unregistered", now)
        row.status, row.due_at = Sending.DEAD, None
        return None
    row.status = Sending.SENDING
    row.due_at, row.tries = now + LEASE, row.tries + 1
    return Claimed(row.id, channel, _letter(row, text, to, facility))


def _letter(row: Message, text: TextView, to: str, facility: FacilityView) -> Letter:
    stop = stopping.link(row.patient_id) if row.patient_id is not None else ""
    data = row.data | {"stop": stop}
    said = wording.say(text, data, facility)
    # Carriers let a registered text pass as it is, and with nothing after it.
    if stop and stop not in said and not text.template_id:
        said = f"{said}\n{wording.ending(text.language, stop)}"
    return Letter(
        row.public_id,
        to,
        " ".join(facility.name.split()),
        said,
        text.template_id,
        text.sender,
        text.language,
        wording.said_values(text, data, facility),
        stop,
    )


def _goes_again(row: Message, now: datetime) -> bool:
    """Settle a message whose sender ended without a word; say whether it goes again."""
    _note(row, row.channel, Outcome.UNKNOWN, "the sender ended before an answer", now)
    gateway = channels.open_ones().get(row.channel)
    if gateway is not None and gateway.again and row.tries <= len(BACK_OFF):
        # Its lease was no delay of the news.
        row.status, row.due_at = Sending.FAILED, now
        return True
    row.status, row.due_at = Sending.UNKNOWN, None
    return False


def _way(row: Message, now: datetime) -> tuple[reaching.Way | None, str]:
    if row.due_at is not None and now - row.due_at > STALE:
        return None, "too_late"
    if row.patient_id is None:
        return None, "no_address"
    if not wording.has(row.kind):
        return None, "no_words"
    if row.kind is Told.FEEDBACK and not house.at("/"):
        return None, "no_url"
    return reaching.way(row.patient_id, channels.open_ones().keys(), now=now)


def _close(claimed: Claimed, outcome: Outcome, why: str, *, now: datetime) -> None:
    with transaction():
        row = db.session.get_one(Message, claimed.message, with_for_update=True)
        registered = claimed.letter.template_id
        _note(row, claimed.channel, outcome, why, now, template_id=registered)
        again = channels.open_ones()[claimed.channel].again
        row.status, row.due_at = fate(outcome, row.tries, again=again, now=now)


def fate(
    outcome: Outcome, tries: int, *, again: bool, now: datetime
) -> tuple[Sending, datetime | None]:
    """Say how a message stands after one more try, and when it is due again."""
    if outcome is Outcome.SENT:
        return Sending.SENT, None
    if outcome is Outcome.UNKNOWN and not again:
        return Sending.UNKNOWN, None
    if outcome is Outcome.REFUSED or tries > len(BACK_OFF):
        return Sending.DEAD, None
    return Sending.FAILED, now + timedelta(minutes=BACK_OFF[tries - 1])


def _note(
    row: Message,
    channel: Channel,
    outcome: Outcome,
    why: str,
    now: datetime,
    *,
    template_id: str = "",
) -> None:
    db.session.add(
        MessageTry(
            message_id=row.id,
            at=now,
            channel=channel,
            outcome=outcome,
            words=why[:200],
            template_id=template_id,
        )
    )
