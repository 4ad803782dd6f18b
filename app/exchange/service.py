"""Bring a file in: the whole of it, or nothing."""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE
from app.audit import internal as audit
from app.booking.views import Opening
from app.core.actor import Actor
from app.core.db import savepoint, transaction
from app.core.errors import DomainError, InputError
from app.core.holding import hold_all
from app.directory import internal as directory
from app.exchange import reading
from app.exchange.desk import Desk, Done, Item, SkippedError
from app.exchange.notes import Notes

log = logging.getLogger(__name__)

# Done so far, and of how many.
Progress = Callable[[int, int], None]
MAX_BYTES = reading.MAX_BYTES


class NewImport(Struct, frozen=True):
    """
    A file to be brought in; its name says which form it has.

    `as_of` books as at that moment of the past. A rehearsal keeps nothing.
    """

    name: str
    data: bytes
    as_of: datetime | None = None
    rehearse: bool = False


class Report(Struct, frozen=True):
    """What a file brought: how many of each section were added, or there already."""

    sha256: str
    counts: Mapping[str, Mapping[Done, int]]

    @property
    def added(self) -> int:
        return sum(each[Done.ADDED] for each in self.counts.values())


class _RehearsedError(Exception):
    """Ends a rehearsal by undoing it."""


def bring_in(
    order: NewImport,
    *,
    by: Actor,
    now: datetime,
    progress: Progress | None = None,
) -> Report:
    """
    Bring in all that a file holds, in one transaction.

    Each item is tried, so that every bad line is told at once. What is there already
    with the same values is left as it is.

    :raises BadFileError: naming each bad line; then nothing of the file is kept
    :raises ForbiddenError: if the actor may not import, or not as of another time
    """
    accounts.require(by, Permission.IMPORT, EVERYWHERE)
    if order.as_of is not None:
        accounts.require(by, Permission.IMPORT_AS_OF, EVERYWHERE)
        if order.as_of > now:
            raise InputError(field="as_of", reason="future")
    notes = Notes()
    items = reading.items(order.name, order.data, notes)
    desk = Desk(by=by, now=order.as_of or now)
    try:
        with transaction():
            report = _bring(order, items, desk, notes, progress)
            _tell(order, report, by=by, now=now)
            _end_rehearsal(order)
    except _RehearsedError:
        log.info("rehearsed, nothing kept", extra={"file": order.name})
    return report


def _end_rehearsal(order: NewImport) -> None:
    if order.rehearse:
        raise _RehearsedError


def _bring(
    order: NewImport,
    items: list[Item],
    desk: Desk,
    notes: Notes,
    progress: Progress | None,
) -> Report:
    counts: dict[str, Counter[Done]] = {}
    held = False
    for number, item in enumerate(items, 1):
        if item.stage >= _LOCKING_STAGE and not held:
            _hold(items)
            held = True
        done = _one(item, desk, notes)
        if done is not None:
            counts.setdefault(item.section, Counter())[done] += 1
        if progress is not None:
            progress(number, len(items))
    notes.refuse_any()
    return Report(hashlib.sha256(order.data).hexdigest(), counts)


# From here on acts lock resources; all the file names are locked before the first.
_LOCKING_STAGE = 5


def _hold(items: list[Item]) -> None:
    # An entry that lacks its resource has been noted, and names none here.
    codes = {used.name for item in items for used in item.uses if used.name}
    posts = [post for code in sorted(codes) for post in directory.posts_of_code(code)]
    hold_all(f"resource:{post.public_id}" for post in posts)


def _one(item: Item, desk: Desk, notes: Notes) -> Done | None:
    """Try one item; give None when it is bad, or stands on something bad."""
    if not item.entry.good:
        _failed(item, desk)
        return None
    try:
        with savepoint():
            return item.act(desk)
    except SkippedError:
        _failed(item, desk)
    except DomainError as exc:
        _failed(item, desk)
        line, field = item.entry.place(exc.field)
        near = _nearest(item, desk, exc)
        notes.add(line, exc, field=field, nearest=near, zone=desk.zone)
    return None


def _failed(item: Item, desk: Desk) -> None:
    if item.makes is not None:
        desk.failed.add(item.makes)


def _nearest(item: Item, desk: Desk, exc: DomainError) -> tuple[Opening, ...]:
    if item.nearest is None or exc.code not in _REFUSALS:
        return ()
    return item.nearest(desk)


# Refusals of a place, where another place would help.
_REFUSALS = {"not_offered", "over", "slot_taken", "slot_full"}


def _tell(order: NewImport, report: Report, *, by: Actor, now: datetime) -> None:
    """Write the import itself into the trail, at the real time."""
    audit.record(
        "import.done",
        audit.Subject("import", report.sha256[:60]),
        by=by,
        now=now,
        after={
            "file": order.name,
            "sha256": report.sha256,
            "as_of": order.as_of,
            "counts": {name: dict(each) for name, each in report.counts.items()},
        },
    )
