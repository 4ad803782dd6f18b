"""Acts that send somebody ahead: a boost for a while, another level of urgency."""

from datetime import datetime, timedelta
from uuid import UUID

from app.accounts.permissions import Permission
from app.core.actor import Actor
from app.core.errors import InputError
from app.core.text import clean
from app.queues import acting, levels, lines, policies, versions
from app.queues.kinds import CLOSED, Act, EntryIs
from app.queues.views import EntryView

MOST_MINUTES = 240
LONGEST = timedelta(hours=12)
_WAITS = frozenset(EntryIs) - CLOSED - {EntryIs.IN_ROOM}


def boost(
    entry_id: UUID,
    minutes: int,
    reason: str,
    until: datetime,
    *,
    by: Actor,
    now: datetime,
) -> EntryView:
    """
    Make somebody due so many minutes sooner, for a reason and until a moment.

    A boost replaces the one before; it ends by itself, and the queue's version turns.

    :raises EntryStateError: if they are in the room, or gone
    :raises InputError: if the minutes, the reason or the end cannot be right
    """
    why = clean(reason, field="reason", least=1, most=200)
    if not 1 <= minutes <= MOST_MINUTES:
        raise InputError(field="minutes", reason="between", least=1, most=MOST_MINUTES)
    if not now < until <= now + LONGEST:
        raise InputError(field="until", reason="boost_until", hours=12)
    with acting.on(entry_id, Permission.CHECK_IN, by=by, states=_WAITS) as here:
        entry = here.entry
        entry.boost_minutes, entry.boost_by = minutes, by.called
        entry.boost_reason, entry.boost_expires_at = why, until
        versions.mark(here.at.queue, at=until)
        return here.remember(Act.BOOST, by=by, now=now)


def prioritise(
    entry_id: UUID, level: str, reason: str, *, by: Actor, now: datetime
) -> EntryView:
    """
    Say how pressing a visit is; an emergency goes before everybody.

    :raises EntryStateError: if they are in the room, or gone
    :raises InputError: if no reason is given, or the level is not offered
    """
    why = clean(reason, field="reason", least=1, most=200)
    with acting.on(entry_id, Permission.CHECK_IN, by=by, states=_WAITS) as here:
        levels.must_be_offered(level)
        here.entry.level, here.entry.skips = level, 0
        at = here.at
        policy = policies.standing(at.facility.id, at.resource.department_id)
        lines.put(here.entry, policy.scores.score(lines.arrival_of(here.entry)))
        return here.remember(Act.PRIORITISE, by=by, now=now, reason=why)
