"""Wall boards as data: hung up, changed, taken down; each has a code to look by."""

import secrets
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core import copies
from app.core.actor import Actor
from app.core.db import after_commit, constraints, db, transaction
from app.core.errors import InputError, NotFoundError
from app.core.text import clean
from app.directory import internal as directory
from app.directory.views import FacilityView
from app.queues import versions
from app.queues.board_views import BoardChange, BoardView, NewBoard, Shown
from app.queues.errors import CodeTakenError
from app.queues.models import Board, BoardShow, Counter

# Twelve of these are 59 bits: nobody comes by a board by trying.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_MOST_LANGUAGES = 4
_MOST_SHOWN = 60


def add_board(wanted: NewBoard, *, by: Actor, now: datetime) -> BoardView:
    """
    Hang up a board of a facility.

    :raises CodeTakenError: if another one there has its name
    :raises InputError: if it shows nothing, or something else cannot be right
    :raises NotFoundError: if it names something that is not there
    """
    with transaction() as session, _names(wanted.name):
        facility = directory.facility(wanted.facility_id)
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
        row = Board(
            public_id=uuid4(),
            facility_id=facility.id,
            code=_new_code(),
            name=clean(wanted.name, field="name", least=1, most=80),
            privacy=wanted.privacy,
            languages=_languages(wanted.languages),
            sound=wanted.sound,
            active=True,
            revision=1,
        )
        session.add(row)
        session.flush()
        _show(row, wanted.shows, facility)
        told = _views([row], facility)[0]
        _record("board.added", row, {}, told, by=by, now=now)
        return told


def change_board(
    board_id: UUID, change: BoardChange, *, by: Actor, now: datetime
) -> BoardView:
    """
    Change a board, give it another code, take it down or hang it up again.

    :raises CodeTakenError: if another one there has its name
    :raises InputError: if it would show nothing, or something else cannot be right
    :raises NotFoundError: if there is no such board
    """
    with transaction() as session, _names(change.name or ""):
        row = session.scalar(
            select(Board).where(Board.public_id == board_id).with_for_update()
        )
        if row is None:
            raise NotFoundError("board", field="board_id")
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(row.facility_id))
        facility = directory.facilities([row.facility_id])[row.facility_id]
        before = _views([row], facility)[0]
        _change(row, change)
        if change.shows is not None:
            _show(row, change.shows, facility)
        row.revision += 1
        session.flush()
        told = _views([row], facility)[0]
        _record("board.changed", row, _plain(before), told, by=by, now=now)
        name = versions.board_name(before.code)
        after_commit(lambda: copies.drop(name))
        return told


def of_facility(facility: FacilityView) -> list[BoardView]:
    """Give the boards of a facility by their names, those taken down at the end."""
    rows = db.session.scalars(
        select(Board)
        .where(Board.facility_id == facility.id)
        .order_by(Board.active.desc(), Board.name, Board.id)
    )
    return _views(rows.all(), facility)


def _change(row: Board, change: BoardChange) -> None:
    if change.name is not None:
        row.name = clean(change.name, field="name", least=1, most=80)
    if change.languages is not None:
        row.languages = _languages(change.languages)
    for name in ("privacy", "sound", "active"):
        value = getattr(change, name)
        if value is not None:
            setattr(row, name, value)
    if change.new_code:
        row.code = _new_code()


def _names(name: str) -> AbstractContextManager[None]:
    return constraints({"uq_boards_name": CodeTakenError(field="name", taken=name)})


def _languages(wanted: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(wanted))
    for each in found:
        clean(each, field="languages", least=2, most=8)
    if not 1 <= len(found) <= _MOST_LANGUAGES:
        raise InputError(
            field="languages", reason="some", least=1, most=_MOST_LANGUAGES
        )
    return found


def _show(row: Board, wanted: Shown, facility: FacilityView) -> None:
    """Let a board show these and nothing else; all must be of its facility."""
    posts = {each.public_id: each.id for each in directory.resources(facility.id)}
    found = select(Counter.public_id, Counter.id).where(
        Counter.facility_id == facility.id
    )
    desks = {row.public_id: row.id for row in db.session.execute(found)}
    resources, counters = set(wanted.resources), set(wanted.counters)
    if not 1 <= len(resources) + len(counters) <= _MOST_SHOWN:
        # Nothing chosen must never come to mean everything.
        raise InputError(field="shows", reason="some", least=1, most=_MOST_SHOWN)
    if resources - posts.keys():
        raise NotFoundError("resource", field="resources")
    if counters - desks.keys():
        raise NotFoundError("counter", field="counters")
    db.session.execute(delete(BoardShow).where(BoardShow.board_id == row.id))
    db.session.add_all(
        [BoardShow(board_id=row.id, resource_id=posts[each]) for each in resources]
        + [BoardShow(board_id=row.id, counter_id=desks[each]) for each in counters]
    )
    db.session.flush()


def _views(rows: Iterable[Board], facility: FacilityView) -> list[BoardView]:
    boards = list(rows)
    shows = db.session.execute(
        select(BoardShow.board_id, BoardShow.resource_id, Counter.public_id)
        .outerjoin(Counter, Counter.id == BoardShow.counter_id)
        .where(BoardShow.board_id.in_([row.id for row in boards]))
        .order_by(BoardShow.id)
    ).all()
    posts = {each.id: each.public_id for each in directory.resources(facility.id)}
    return [
        BoardView(
            id=row.public_id,
            code=row.code,
            name=row.name,
            privacy=row.privacy,
            languages=tuple(row.languages),
            sound=row.sound,
            active=row.active,
            resources=tuple(
                posts[resource]
                for board, resource, _ in shows
                if board == row.id and resource in posts
            ),
            counters=tuple(c for board, _, c in shows if board == row.id and c),
        )
        for row in boards
    ]


def _new_code() -> str:
    return "".join(secrets.choice(_SIGNS) for _ in range(12))


def _plain(told: BoardView) -> dict[str, object]:
    """Give what the trail keeps: not the code, by which anybody may look."""
    return {
        "name": told.name,
        "privacy": told.privacy,
        "languages": list(told.languages),
        "sound": told.sound,
        "active": told.active,
        "resources": [str(each) for each in told.resources],
        "counters": [str(each) for each in told.counters],
    }


def _record(
    action: str,
    row: Board,
    before: dict[str, object],
    told: BoardView,
    *,
    by: Actor,
    now: datetime,
) -> None:
    audit.record(
        action,
        audit.Subject("board", row.public_id, row.facility_id),
        by=by,
        now=now,
        before=before,
        after=_plain(told) | {"revision": row.revision},
    )
