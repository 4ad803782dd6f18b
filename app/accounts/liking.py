"""Acts on what a user likes: which columns they look at, which keys they press."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts import internal
from app.accounts.models import Preference, User
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor, ActorKind
from app.core.db import db, transaction
from app.core.errors import ForbiddenError, InputError

# More columns than this nobody reads side by side.
MOST_COLUMNS = 60
_MOST_KEYS = 60


def choose_columns(
    facility: UUID,
    facility_id: int,
    resources: Sequence[UUID],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """
    Remember which resources of a facility a user looks at; none means the usual ones.

    :raises ForbiddenError: if they may not see that facility's calendar
    :raises InputError: if there are too many
    """
    if len(resources) > MOST_COLUMNS:
        raise InputError(field="columns", reason="count", least=0, most=MOST_COLUMNS)
    internal.require(by, Permission.VIEW_CALENDAR, Scope(facility_id))
    chosen = [str(each) for each in dict.fromkeys(resources)]
    with transaction():
        row, who = _own(by, now=now)
        columns = {k: v for k, v in row.columns.items() if k != str(facility)}
        if chosen:
            columns[str(facility)] = chosen
        _keep(row, who, {"columns": columns}, by=by, now=now)


def choose_keys(keys: Mapping[str, str], *, on: bool, by: Actor, now: datetime) -> None:
    """
    Remember which keys a user presses for which acts, and whether single keys work.

    `keys` names only what differs from the usual: an act and one character.

    :raises ForbiddenError: if the actor is no user of ours
    :raises InputError: if a key is not one visible character, or stands for two acts
    """
    for act, key in keys.items():
        if len(key) != 1 or not key.isprintable() or key.isspace():
            raise InputError(field=f"key_{act}", reason="key")
    if len(keys) > _MOST_KEYS or len(set(keys.values())) < len(keys):
        raise InputError(field="keys", reason="key_twice")
    with transaction():
        row, who = _own(by, now=now)
        _keep(row, who, {"keys_on": on, "keys": dict(keys)}, by=by, now=now)


def _own(by: Actor, *, now: datetime) -> tuple[Preference, UUID]:
    """Give the actor's own row, made when it is first written, and their public id."""
    mine = select(User.public_id).where(User.id == by.id, User.active)
    who = db.session.scalar(mine) if by.kind is ActorKind.USER else None
    if who is None:
        raise ForbiddenError(permission="preferences", who=by.called)
    fresh = insert(Preference).values(user_id=by.id, keys={}, columns={})
    db.session.execute(
        fresh.values(changed_at=now).on_conflict_do_nothing(index_elements=["user_id"])
    )
    found = select(Preference).where(Preference.user_id == by.id).with_for_update()
    found = found.execution_options(populate_existing=True)
    return db.session.scalars(found).one(), who


def _keep(
    row: Preference,
    who: UUID,
    values: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> None:
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_at = now
    audit.record(
        "user.preferred",
        audit.Subject("user", who),
        by=by,
        now=now,
        before=before,
        after=values,
    )
