"""
Mail to staff: what the bell told them, as they wish, in one letter where it waited.

A notice may go by mail from `mail_at` on. What somebody has read, or does not want,
goes in none; what comes in quiet hours waits until they end, and then goes together.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select

from app.core.db import db, transaction
from app.directory import internal as directory
from app.directory.views import FacilityView
from app.notifications import channels, house, mail_wishes, notice_words, rows, sending
from app.notifications.channels import Letter
from app.notifications.kinds import SUBJECTS, Channel, Outcome, Sending
from app.notifications.models import Mailing, Notice

# More than anybody reads in one letter; the rest is on the list of the bell.
MOST_LINES = 50


def send_one(*, now: datetime) -> bool:
    """Put a letter together or send one, if any is due; tell whether there was one."""
    return _gather(now) or _send(now)


def _gather(now: datetime) -> bool:
    """Decide on the notices of one user at one facility that may go by mail now."""
    with transaction():
        due = select(Notice).where(Notice.mail_at <= now).order_by(Notice.id)
        first = db.session.scalar(due.limit(1).with_for_update(skip_locked=True))
        if first is None:
            return False
        theirs = due.where(
            Notice.user_id == first.user_id, Notice.facility_id == first.facility_id
        )
        found = db.session.scalars(theirs.with_for_update(skip_locked=True)).all()
        wish = mail_wishes.of(first.user_id)
        place = directory.facilities([first.facility_id])[first.facility_id]
        wanted = [
            each
            for each in found
            if wish.address
            and not each.read_at
            and SUBJECTS[each.kind] in wish.subjects
        ]
        until = wish.quiet_until(now, place.zone) if wanted else None
        for each in found:
            each.mail_at = until if each in wanted else None
        if wanted and until is None:
            _write(wanted, now)
    return True


def _write(told: list[Notice], now: datetime) -> None:
    letter = Mailing(
        public_id=uuid4(),
        user_id=told[0].user_id,
        facility_id=told[0].facility_id,
        status=Sending.QUEUED,
        created_at=now,
        due_at=now,
        tries=0,
    )
    db.session.add(letter)
    db.session.flush()
    for each in told:
        each.mailing_id = letter.id


def _send(now: datetime) -> bool:
    with transaction():
        due = select(Mailing).where(Mailing.due_at <= now)
        row = db.session.scalar(
            due.order_by(Mailing.due_at, Mailing.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return False
        letter = _claim(row, now)
    if letter is not None:
        outcome, why = channels.open_ones()[Channel.EMAIL].send(letter)
        _close(row.id, outcome, why, now)
    return True


def _claim(row: Mailing, now: datetime) -> Letter | None:
    """Take a letter on, or settle it where it cannot be sent."""
    address = mail_wishes.of(row.user_id).address
    gateway = channels.open_ones().get(Channel.EMAIL)
    late = row.due_at is not None and now - row.due_at > sending.STALE
    if gateway is None or not address or late or row.tries > len(sending.BACK_OFF):
        row.status, row.due_at = Sending.UNSENT, None
        row.words = "too_late" if late else "no_address"
        return None
    # Who sent it before may have ended without a word: its id makes it one letter.
    row.status, row.due_at = Sending.SENDING, now + sending.LEASE
    row.tries += 1
    place = directory.facilities([row.facility_id])[row.facility_id]
    found = select(Notice).where(Notice.mailing_id == row.id).order_by(Notice.id)
    told = db.session.scalars(found).all()
    return Letter(row.public_id, address, _title(told, place), _text(told, place))


def _close(number: int, outcome: Outcome, why: str, now: datetime) -> None:
    again = channels.open_ones()[Channel.EMAIL].again
    with transaction():
        row = db.session.get_one(Mailing, number, with_for_update=True)
        row.words = why[:200]
        row.status, row.due_at = sending.fate(outcome, row.tries, again=again, now=now)


def _title(told: Sequence[Notice], place: FacilityView) -> str:
    name = " ".join(place.name.split())
    if len(told) == 1:
        return f"{name}: {notice_words.TITLES[told[0].kind]}"
    return f"{name}: {len(told)} notices"


def _text(told: Sequence[Notice], place: FacilityView) -> str:
    """Write the letter; it names no patient, as the bell does not."""

    def at(moment: datetime) -> str:
        return f"{moment.astimezone(place.zone):%d/%m/%Y %H:%M}"

    lines = []
    for each in told[:MOST_LINES]:
        words = notice_words.words(rows.notice(each), at)
        lines.append(f"{words.title}\n{words.text}\n")
    if len(told) > MOST_LINES:
        lines.append(f"and {len(told) - MOST_LINES} more\n")
    if house.at("/"):
        lines.append(f"All of them: {house.at('/notices/')}")
        lines.append(f"What is mailed to you: {house.at('/notices/mail')}")
    return "\n".join(lines)
