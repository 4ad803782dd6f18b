"""What staff want by mail, and when: as they chose, or as is usual for their roles."""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts import internal as accounts
from app.accounts.permissions import Role
from app.audit import internal as audit
from app.core.actor import Actor, ActorKind
from app.core.db import db, transaction
from app.core.errors import ForbiddenError, InputError
from app.notifications.kinds import Sending, Subject
from app.notifications.models import Mailing, MailWish

# What nobody at a desk would look for in time, and what is theirs alone to know.
USUAL: Mapping[str, frozenset[Subject]] = {
    Role.DOCTOR: frozenset({Subject.CANCELLATIONS, Subject.CHANGES, Subject.CONFLICTS}),
    Role.RECEPTION: frozenset({Subject.CONFLICTS, Subject.LATE, Subject.FILLS}),
    Role.LOCATION_OWNER: frozenset({Subject.BOOKINGS, Subject.CONFLICTS}),
    Role.LOCATION_MANAGER: frozenset({Subject.BOOKINGS, Subject.CONFLICTS}),
}


_NOT_THERE = frozenset({Sending.FAILED, Sending.UNSENT, Sending.DEAD})


class MailView(Struct, frozen=True):
    """
    What a user gets by mail, and where; none in their quiet hours, local to the place.

    `usual` says that they never chose, so that their roles decide.
    """

    subjects: frozenset[Subject] = frozenset()
    quiet_from: time | None = None
    quiet_till: time | None = None
    address: str = ""
    usual: bool = False
    # Why the latest letter did not go out; empty when it did.
    trouble: str = ""

    def quiet_until(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Give when the quiet hours end that a moment falls in, if in any."""
        if self.quiet_from is None or self.quiet_till is None:
            return None
        local = now.astimezone(zone)
        at, first, last = local.time(), self.quiet_from, self.quiet_till
        over_night = first > last
        inside = (at >= first or at < last) if over_night else first <= at < last
        if not inside:
            return None
        day = local.date() + timedelta(days=over_night and at >= first)
        return datetime.combine(day, last, zone)


def of(user_id: int) -> MailView:
    """Give what a user gets by mail: as they chose, or as is usual for roles."""
    address, roles = accounts.mail_of(user_id)
    row = db.session.scalar(select(MailWish).where(MailWish.user_id == user_id))
    if row is None:
        return MailView(usual_for(roles), address=address, usual=True)
    return MailView(
        frozenset(map(Subject, row.subjects)), row.quiet_from, row.quiet_till, address
    )


def shown(user_id: int) -> MailView:
    """Give what a user gets by mail, and what became of the latest letter."""
    found = select(Mailing).where(Mailing.user_id == user_id)
    last = db.session.scalar(found.order_by(Mailing.id.desc()).limit(1))
    bad = last is not None and last.status in _NOT_THERE
    return replace(of(user_id), trouble=last.words if last and bad else "")


def staff(by: Actor) -> int:
    """
    Give the number of a user who has any role.

    :raises ForbiddenError: if it is nobody of staff
    """
    if by.kind is not ActorKind.USER or by.id is None or not accounts.roles(by):
        raise ForbiddenError(permission="mail:set", who=by.name)
    return by.id


def usual_for(roles: Collection[str]) -> frozenset[Subject]:
    """Give what is usual for who has some roles."""
    return frozenset().union(*(USUAL.get(role, frozenset()) for role in roles))


def set_mail(wanted: MailView, *, by: Actor, now: datetime) -> MailView:
    """
    Keep what a user of staff wants by mail, and in which hours none.

    :raises ForbiddenError: if it is nobody of staff
    :raises InputError: if quiet hours have one end only, or last no time
    """
    user_id = staff(by)
    first, last = wanted.quiet_from, wanted.quiet_till
    if (first is None) != (last is None):
        missing = "quiet_from" if first is None else "quiet_till"
        raise InputError(field=missing, reason="required")
    if first is not None and first == last:
        raise InputError(field="quiet_till", reason="order")
    values = {
        "subjects": sorted(each.value for each in wanted.subjects),
        "quiet_from": first,
        "quiet_till": last,
    }
    with transaction():
        kept = insert(MailWish).values(user_id=user_id, changed_at=now, **values)
        db.session.execute(
            kept.on_conflict_do_update(
                index_elements=["user_id"], set_={**values, "changed_at": now}
            )
        )
        subject = accounts.public_id_of(user_id)
        audit.record(
            "mail.set",
            audit.Subject("user", subject),
            by=by,
            now=now,
            after={**values, "quiet_from": str(first), "quiet_till": str(last)},
        )
        return of(user_id)
