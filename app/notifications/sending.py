"""
Send what is due: claim one, hand it to a gateway, write down what became of it.

The gateway is asked between two transactions, so a process may end while it is asked.
Such a message stays claimed until its lease is over. Then the policy of its channel
decides: it goes again where the other side knows it by its id, and else stays unknown.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select

from app.core.db import db, transaction
from app.directory import internal as directory
from app.directory.views import FacilityView
from app.notifications import channels, reaching, wording
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


@dataclass(frozen=True, slots=True)
class Claimed:
    message: int
    channel: Channel
    letter: Letter


def send_one(*, now: datetime) -> bool:
    """Send the message that is due longest, if any; tell whether there was one."""
    with transaction():
        found = (
            select(Message)
            .where(Message.due_at <= now)
            .order_by(Message.due_at, Message.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = db.session.scalar(found)
        if row is None:
            return False
        claimed = _claim(row, now)
    if claimed is not None:
        outcome, why = channels.open_ones()[claimed.channel].send(claimed.letter)
        _close(claimed, outcome, why, now=now)
    return True


def at_once(phone: str, words: str) -> Outcome:
    """
    Send words to a phone, E.164, this one time, and keep nothing of them.

    By SMS, else by WhatsApp; what may have arrived is not sent again.
    """
    ways = channels.open_ones()
    outcome = Outcome.UNSENT
    for channel in (Channel.SMS, Channel.WHATSAPP):
        if channel in ways:
            outcome, _ = ways[channel].send(Letter(uuid4(), phone, "", words))
            if outcome in {Outcome.SENT, Outcome.UNKNOWN}:
                break
    return outcome


def _claim(row: Message, now: datetime) -> Claimed | None:
    """Take a message on, or settle it where nothing can be sent."""
    if row.status is Sending.SENDING and not _goes_again(row, now):
        return None
    way, why = _way(row, now)
    if way is None:
        _note(row, Channel.UNDECIDED, Outcome.UNSENT, why, now)
        row.status, row.due_at = Sending.UNSENT, None
        return None
    channel, to, language = way
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
    return Letter(
        row.public_id,
        to,
        " ".join(facility.name.split()),
        wording.say(text, row.data, facility),
        text.template_id,
        text.sender,
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
    if row.kind is Told.FEEDBACK and not wording.at_house("/"):
        return None, "no_url"
    return reaching.way(row.patient_id, channels.open_ones().keys())


def _close(claimed: Claimed, outcome: Outcome, why: str, *, now: datetime) -> None:
    with transaction():
        row = db.session.get_one(Message, claimed.message, with_for_update=True)
        registered = claimed.letter.template_id
        _note(row, claimed.channel, outcome, why, now, template_id=registered)
        again = channels.open_ones()[claimed.channel].again
        left = row.tries <= len(BACK_OFF)
        if outcome is Outcome.SENT:
            row.status, row.due_at = Sending.SENT, None
        elif outcome is Outcome.UNKNOWN and not again:
            row.status, row.due_at = Sending.UNKNOWN, None
        elif outcome is Outcome.REFUSED or not left:
            row.status, row.due_at = Sending.DEAD, None
        else:
            wait = timedelta(minutes=BACK_OFF[row.tries - 1])
            row.status, row.due_at = Sending.FAILED, now + wait


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
