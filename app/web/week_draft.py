"""A week of hours as drafted so far: it lives in its form until it is published."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict

from app.availability.kinds import Offered
from app.availability.views import NewSchedule, NewSession, ScheduleView, SessionView
from app.core.errors import InputError
from app.directory.views import TypeView
from app.web.reading import clock_of, day_of, number_of

MOST = 100
NEW = "new"
_LONGEST = 400
_WEEKDAYS = tuple("0123456")
_TEXT = ("kind", "start", "end", "slot", "tokens", "repeats", "label")


class Line(Struct, frozen=True):
    """
    One session as typed, on some weekdays; in the draft it has one line for each.

    `repeats` is a number of weeks, or places in the month: 2, n1,3.
    """

    kind: str = Offered.OPEN.value
    days: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    slot: str = ""
    tokens: str = ""
    repeats: str = "1"
    types: tuple[str, ...] = ()
    label: str = ""

    @classmethod
    def read(cls, values: MultiDict[str, str]) -> "Line":
        """Take what a form says."""
        typed = {name: values.get(name, "")[:_LONGEST].strip() for name in _TEXT}
        return cls(
            **typed,
            days=tuple(d for d in values.getlist("days") if d in _WEEKDAYS)[:7],
            types=tuple(values.getlist("types"))[:50],
        )

    @classmethod
    def parse(cls, written: str) -> "Line":
        """Take a line as the form keeps it."""
        found = parse_qs(written[:4000], keep_blank_values=True)
        return cls.read(MultiDict(found))

    def written(self) -> str:
        """Write it so that one field of a form can keep it."""
        values = [(name, getattr(self, name)) for name in _TEXT]
        values += [("days", day) for day in self.days]
        values += [("types", each) for each in self.types]
        return urlencode(values)

    @property
    def empty(self) -> bool:
        return not (self.start or self.end)

    def like(self, other: "Line") -> bool:
        """Say whether both are the same but for the weekday."""
        return replace(self, days=()) == replace(other, days=())

    def session(self, known: Mapping[str, TypeView]) -> NewSession:
        """
        Make the session of it.

        :raises InputError: naming the field of the form that cannot be right
        """
        if self.kind not in set(Offered):
            raise InputError(field="kind", reason="choice")
        kind = Offered(self.kind)
        slots = kind is Offered.TOKENS
        every, nth = _repeats(self.repeats)
        return NewSession(
            kind=kind,
            weekdays=_weekdays(self.days),
            start=clock_of(self.start, field="start"),
            end=clock_of(self.end, field="end"),
            slot_minutes=_needed(self.slot, "slot") if slots else 0,
            tokens_per_slot=_needed(self.tokens, "tokens") if slots else 0,
            types=() if kind is Offered.BREAK else _types(self.types, known),
            label=self.label,
            every_weeks=every,
            nth=nth,
        )


class WeekDraft(Struct, frozen=True):
    """
    The whole form: the lines, the dates, and the session that is open in it.

    `editing` is the number of the open line, `new`, or nothing; `base_till` is when the
    version it began with ended, as it was then.
    """

    lines: tuple[Line, ...] = ()
    first: str = ""
    last: str = ""
    weeks_from: str = ""
    base: str = ""
    base_till: str = ""
    editing: str = ""
    typed: Line = Line()
    seen: str = ""

    @classmethod
    def read(cls, values: MultiDict[str, str]) -> "WeekDraft":
        """Take what a form says."""
        kept = (Line.parse(each) for each in values.getlist("s")[:MOST])
        lines = tuple(line for line in kept if len(line.days) == 1)
        editing = values.get("editing", "")
        if editing.isdecimal() and int(editing) >= len(lines):
            editing = ""
        return cls(
            lines=lines,
            first=values.get("first", "")[:10],
            last=values.get("last", "")[:10],
            weeks_from=values.get("weeks_from", "")[:10],
            base=values.get("base", "")[:36],
            base_till=values.get("base_till", "")[:10],
            editing=editing if editing.isdecimal() else NEW if editing else "",
            typed=Line.read(values),
            seen=values.get("seen", "")[:16],
        )

    @classmethod
    def of(cls, version: ScheduleView | None, first: date) -> "WeekDraft":
        """Begin with the sessions of a version."""
        if version is None:
            return cls(first=first.isoformat())
        counted = version.weeks_from or version.valid_from
        ahead = version.valid_till is None or version.valid_till >= first
        return cls(
            lines=tuple(line_of(each) for each in version.sessions),
            first=first.isoformat(),
            last=version.valid_till.isoformat() if ahead and version.valid_till else "",
            weeks_from=counted.isoformat(),
            base=str(version.id),
            base_till=version.valid_till.isoformat() if version.valid_till else "",
        )

    def opened(self, index: int) -> "WeekDraft":
        """Open a line in the form."""
        return replace(self, editing=str(index), typed=self.lines[index])

    def begun(self, line: Line) -> "WeekDraft":
        """Open a new session in the form."""
        return replace(self, editing=NEW, typed=line)

    def closed(self) -> "WeekDraft":
        return replace(self, editing="", typed=Line())

    def without(self, index: int) -> "WeekDraft":
        lines = self.lines[:index] + self.lines[index + 1 :]
        return replace(self.closed(), lines=lines)

    def alike(self) -> tuple[str, ...]:
        """Name the other days that have the session that is open."""
        if not self.editing.isdecimal():
            return ()
        edited = self.lines[int(self.editing)]
        same = {day for each in self.lines if each.like(edited) for day in each.days}
        return tuple(sorted(same - set(edited.days)))

    def kept(self, known: Mapping[str, TypeView]) -> "WeekDraft":
        """
        Put the open session into the draft, once for each of its days.

        On a day that had the same session as the edited one it takes its place.

        :raises InputError: naming the field of the form that cannot be right
        """
        if not self.editing or (self.editing == NEW and self.typed.empty):
            return self.closed()
        self.typed.session(known)
        lines = list(self.lines)
        if self.editing.isdecimal():
            edited = lines.pop(int(self.editing))
            lines = [
                each
                for each in lines
                if not (each.like(edited) and set(each.days) & set(self.typed.days))
            ]
        lines += [replace(self.typed, days=(day,)) for day in self.typed.days]
        return replace(self.closed(), lines=tuple(sorted(lines, key=_place)))

    def order(
        self,
        facility: UUID,
        resource: UUID | None,
        known: Mapping[str, TypeView],
        base: ScheduleView | None,
        today: date,
    ) -> NewSchedule:
        """
        Make the order of it; it replaces what it began with, if that held by then.

        :raises InputError: naming what cannot be right; a line by its number
        """
        first = _date(self.first, "first") or today
        return NewSchedule(
            facility_id=facility,
            resource_id=resource,
            valid_from=first,
            valid_till=_date(self.last, "last"),
            sessions=tuple(self._sessions(known)),
            weeks_from=_date(self.weeks_from, "weeks_from"),
            replaces=base.id if base and self._held(base, first) else None,
        )

    def _held(self, base: ScheduleView, day: date) -> bool:
        last = _date(self.base_till, "first")
        return base.valid_from <= day and (last is None or last >= day)

    def _sessions(self, known: Mapping[str, TypeView]) -> Iterable[NewSession]:
        for index, line in enumerate(self.lines):
            try:
                yield line.session(known)
            except InputError as exc:
                named = f"sessions[{index}].{exc.field}"
                raise InputError(field=named, **exc.params) from exc


def line_of(view: SessionView) -> Line:
    """Write a session of a version as it would be typed."""
    each = view.session
    places = ",".join(str(n) for n in sorted(set(each.nth), key=lambda n: (n < 0, n)))
    slots = each.kind is Offered.TOKENS
    return Line(
        kind=each.kind.value,
        days=(str(view.weekday),),
        start=f"{each.start:%H:%M}",
        end=f"{each.end:%H:%M}",
        slot=str(each.slot_minutes) if slots else "",
        tokens=str(each.tokens_per_slot) if slots else "",
        repeats=f"n{places}" if places else str(each.every_weeks),
        types=tuple(str(each) for each in view.type_ids),
        label=each.label,
    )


def _place(line: Line) -> tuple[str, str]:
    return line.days[0], line.start.rjust(5, "0")


def _weekdays(days: Sequence[str]) -> tuple[int, ...]:
    if not days:
        raise InputError(field="days", reason="weekday_needed")
    return tuple(int(day) for day in days)


def _needed(written: str, field: str) -> int:
    number = number_of({field: written}, field)
    if number is None:
        raise InputError(field=field, reason="required")
    return number


def _repeats(written: str) -> tuple[int, tuple[int, ...]]:
    try:
        if written.startswith("n"):
            return 1, tuple(int(each) for each in written[1:].split(","))
        return int(written or "1"), ()
    except ValueError as exc:
        raise InputError(field="repeats", reason="choice") from exc


def _types(asked: Sequence[str], known: Mapping[str, TypeView]) -> tuple[int, ...]:
    if not set(asked) <= known.keys():
        raise InputError(field="types", reason="choice")
    return tuple(known[each].id for each in asked)


def _date(written: str, field: str) -> date | None:
    if not written:
        return None
    try:
        return day_of(written, date.max)
    except InputError as exc:
        raise InputError(field=field, reason="date") from exc
