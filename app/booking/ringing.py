"""What the bell tells of hours and conflicts; of appointments `telling` rings."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.accounts.permissions import Role
from app.availability.events import HoursChanged, HoursReset
from app.core import events as house
from app.core.actor import Actor, ActorKind
from app.directory import internal as directory
from app.directory.views import ResourceView
from app.notifications import internal as notifications
from app.notifications.kinds import About, Rung
from app.notifications.views import Ring


def listen() -> None:
    """Hear of hours that are others than before."""
    house.subscribe(HoursChanged, hours_changed)
    house.subscribe(HoursReset, hours_reset)


def hours_changed(event: HoursChanged) -> None:
    """Tell of leave or maintenance; of one that repeats but once, by its first time."""
    during = {"from": event.during.start, "till": event.during.end}
    _hours(event, "away", during)


def hours_reset(event: HoursReset) -> None:
    """Tell of other hours, added time, or what was taken back."""
    _hours(event, event.why, {})


def conflicts(found: Sequence[ResourceView], *, by: Actor, now: datetime) -> None:
    """Tell how many conflicts of each resource are new."""
    known = {each.id: each for each in found}
    rings = [
        _about(
            Rung.CONFLICTS,
            About.CONFLICTS,
            known[number],
            {"number": many},
            by=by,
            now=now,
        )
        for number, many in Counter(each.id for each in found).items()
    ]
    notifications.queue(rings, now=now)


def _hours(event: HoursChanged | HoursReset, why: str, more: dict[str, Any]) -> None:
    data, by, now = {"why": why, **more}, event.by, event.now
    if event.resource_id is None:
        assert event.facility_id is not None
        actor = by.id if by.kind is ActorKind.USER else None
        ring = Ring(
            Rung.HOURS,
            About.HOURS,
            event.facility_id,
            f"house:{event.facility_id}:{why}:{now.isoformat()}",
            {**data, "with": None, "code": None, "by": by.called},
            role=Role.RECEPTION,
            actor_id=actor,
        )
        notifications.queue([ring], now=now)
        return
    posts = directory.posts_of([event.resource_id])
    rings = [
        _about(Rung.HOURS, About.HOURS, post, data, by=by, now=now)
        for post in posts
        if event.facility_id in {None, post.facility_id}
    ]
    notifications.queue(rings, now=now)


def _about(
    kind: Rung,
    about: About,
    resource: ResourceView,
    data: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> Ring:
    """Make a ring for who stands for a resource, and for reception beside it."""
    what = data.get("why", "new")
    return Ring(
        kind,
        about,
        resource.facility_id,
        f"{resource.id}:{resource.facility_id}:{what}:{now.isoformat()}",
        {"with": resource.name, "code": resource.code, "by": by.called, **data},
        user_id=resource.user_id,
        resource_ids=(resource.id,),
        role=Role.RECEPTION,
        department_id=resource.department_id,
        actor_id=by.id if by.kind is ActorKind.USER else None,
    )
