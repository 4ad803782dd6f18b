"""What a draft changes against the version it began with: added, changed, removed."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from app.availability.views import NewSession, ScheduleView
from app.core.errors import InputError
from app.directory.views import TypeView
from app.web.hours_words import (
    DAYS,
    KINDS,
    open_hours_a_week,
    tokens_a_week,
)
from app.web.week_draft import Line, WeekDraft, line_of
from app.web.week_paint import Block, of_session


class Change(Struct, frozen=True):
    """One difference in words; `back` is the act that puts a removed session back."""

    words: str
    mark: str
    index: int
    back: str = ""


class Changes(Struct, frozen=True):
    """All differences, and what they come to in an average week."""

    added: frozenset[int]
    gone: tuple[int, ...]
    listed: tuple[Change, ...]
    tokens: int
    hours: float
    base: ScheduleView | None


def of(
    draft: WeekDraft, base: ScheduleView | None, types: Mapping[str, TypeView]
) -> Changes:
    """Compare a draft with the version it began with."""
    was = [line_of(each) for each in base.sessions] if base else []
    left = list(was)
    added = []
    for index, line in enumerate(draft.lines):
        if line in left:
            left.remove(line)
        else:
            added.append(index)
    gone = tuple(was.index(line) for line in left)
    now = [session for line in draft.lines if (session := _session(line, types))]
    before = [each.session for each in base.sessions] if base else []
    return Changes(
        added=frozenset(added),
        gone=gone,
        listed=(
            *(Change(_told(draft.lines[n]), "new", n) for n in added),
            *(Change(_told(was[n]), "gone", n, f"back-{n}") for n in gone),
        ),
        tokens=round(tokens_a_week(now) - tokens_a_week(before)),
        hours=round(open_hours_a_week(now) - open_hours_a_week(before), 1),
        base=base,
    )


def blocks(
    draft: WeekDraft, changes: Changes, types: Mapping[str, TypeView]
) -> list[Block]:
    """Give the blocks of the draft; what is removed stays to be seen, crossed out."""
    names = {each.id: each.name for each in types.values()}
    found: list[Block] = []
    for index, line in enumerate(draft.lines):
        session = _session(line, types)
        if session is None:
            continue
        found += of_session(
            session,
            session.weekdays[0],
            names,
            mark="new" if index in changes.added else "",
            act=f"edit-{index}",
            on=draft.editing == str(index),
        )
    sessions = changes.base.sessions if changes.base else ()
    for index in changes.gone:
        for block in of_session(
            sessions[index].session, sessions[index].weekday, names
        ):
            shown = replace(
                block, mark="gone", words=("No longer offered",), act=f"back-{index}"
            )
            # Where another took its place, the list of changes tells the rest.
            if not any(_meet(shown, other) for other in found):
                found.append(shown)
    return found


def _meet(one: Block, other: Block) -> bool:
    return one.day == other.day and one.start < other.end and other.start < one.end


def _session(line: Line, types: Mapping[str, TypeView]) -> NewSession | None:
    """Make the session of a line; one that cannot be right is told elsewhere."""
    try:
        return line.session(types)
    except InputError:
        return None


def _told(line: Line) -> str:
    kind = next((word for kind, word in KINDS.items() if kind == line.kind), "")
    days = ", ".join(DAYS[int(day)] for day in line.days if day in {*"0123456"})
    told = f"{days} {line.start}–{line.end}, {kind.lower()}"  # noqa: RUF001 - an en dash parts times
    return f"{told}, {line.tokens} per {line.slot} min" if line.tokens else told
