"""
Teams, and procedures that are planned.

A procedure has no code: one of that name for the same people is the same one.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.booking import internal as bookings
from app.booking import service as booking
from app.booking.views import Member, NewProcedure
from app.core.errors import InputError
from app.directory import internal as directory
from app.directory import service
from app.directory.kinds import ResourceKind
from app.directory.service import NewMember, NewTeam
from app.directory.views import FacilityView
from app.exchange import fields
from app.exchange.desk import Desk, Done, Item, Named, compare
from app.exchange.document import Scalar, Table
from app.exchange.entry import Entry, nodes

_MINUTE = timedelta(minutes=1)


class _Part(Struct, frozen=True):
    """One of a set, as the file names it: a resource, or any that will do."""

    path: str
    resource: str | None
    kind: ResourceKind | None = None
    capability: str = ""
    department: str | None = None
    role: str = ""
    offset: int = 0
    minutes: int | None = None

    def member(self, desk: Desk, place: FacilityView) -> NewMember:
        found = desk.resource(self.resource or "", place, f"{self.path}resource")
        return NewMember(found.public_id, self.role, self.offset, self.minutes)

    def need(self, desk: Desk, place: FacilityView) -> Member:
        found = None
        if self.resource is not None:
            found = desk.resource(self.resource, place, f"{self.path}resource")
        return Member(
            resource_id=found.public_id if found else None,
            kind=self.kind,
            capability=self.capability,
            department_id=_department(self.department, desk, place, self.path),
            offset=self.offset,
            minutes=self.minutes,
            role=self.role,
        )


def team(entry: Entry) -> Iterator[Item]:
    code = entry.take("code", fields.text)
    name = entry.take("name", fields.text)
    facility = entry.take("facility", fields.text)
    department = entry.take("department", fields.text, None)
    parts = _parts(entry, "members", loose=False)

    def act(desk: Desk) -> Done:
        place = desk.facility(facility)
        members = tuple(each.member(desk, place) for each in parts)
        own = _department(department, desk, place, "")
        kept = directory.posts_of_code(code)
        if not kept:
            order = NewTeam(code, name, members, own)
            service.add_team(place, order, by=desk.by, now=desk.now)
            return Done.ADDED
        there = directory.teams([kept[0].public_id]).get(kept[0].public_id, [])
        return compare(
            "team",
            [
                ("code", kept[0].kind, ResourceKind.TEAM),
                ("name", kept[0].name, name),
                ("facility", kept[0].facility_id, place.id),
                ("department", kept[0].department, department),
                (
                    "members",
                    [(m.resource_id, m.role, m.offset, m.length) for m in there],
                    [_timed(member) for member in members],
                ),
            ],
        )

    uses = tuple(Named("resource", each.resource or "") for each in parts)
    yield Item(entry, "teams", act, Named("resource", code), stage=4, uses=uses)


def procedure(entry: Entry) -> Iterator[Item]:
    facility = entry.take("facility", fields.text)
    name = entry.take("name", fields.text)
    kind = entry.take("type", fields.text)
    minutes = entry.take("minutes", fields.whole)
    mrns = entry.take("patients", fields.texts, ())
    department = entry.take("department", fields.text, None)
    priority = entry.take("priority", fields.whole, 5)
    note = entry.take("note", fields.text, "")
    parts = _parts(entry, "needs", loose=True)

    def act(desk: Desk) -> Done:
        place = desk.facility(facility)
        order = NewProcedure(
            facility_id=place.public_id,
            name=name,
            type_id=desk.type(kind).public_id,
            minutes=minutes,
            needs=tuple(each.need(desk, place) for each in parts),
            patient_ids=tuple(desk.patient(m, "patients").public_id for m in mrns),
            department_id=_department(department, desk, place, ""),
            priority=priority,
            note=note,
        )
        for kept in bookings.procedures_named(place, name):
            if {*kept.order.patient_ids} == {*order.patient_ids}:
                return _compared(kept.order, order)
        booking.add_procedure(order, by=desk.by, now=desk.now)
        return Done.ADDED

    yield Item(entry, "procedures", act, stage=7)


def _compared(kept: NewProcedure, order: NewProcedure) -> Done:
    return compare(
        "procedure",
        [
            ("type", kept.type_id, order.type_id),
            ("minutes", kept.minutes, order.minutes),
            ("priority", kept.priority, order.priority),
            ("needs", kept.needs, order.needs),
        ],
    )


def _timed(
    member: NewMember,
) -> tuple[object, str, timedelta, timedelta | None]:
    length = None if member.minutes is None else member.minutes * _MINUTE
    return member.resource_id, member.role, member.offset * _MINUTE, length


def _department(
    name: str | None, desk: Desk, place: FacilityView, path: str
) -> UUID | None:
    if name is None:
        return None
    number = desk.department(name, place, f"{path}department")
    known = {each.id: each.public_id for each in directory.departments(place.id)}
    return known[number]


def _parts(entry: Entry, name: str, *, loose: bool) -> tuple[_Part, ...]:
    """Read who is in a set: codes alone, or tables with a role and a part each."""
    found = []
    for index, node in enumerate(entry.take(name, nodes) or ()):
        path = f"{name}[{index}]."
        if isinstance(node, Scalar) and node.text:
            found.append(_Part(path, node.text.strip()))
        elif isinstance(node, Table):
            found.append(_part(entry.of(node), path, entry, loose=loose))
        else:
            wrong = InputError(reason="type", wanted="resource", got="list")
            entry.note(wrong, name, node.line)
    if not found and entry.good:
        entry.note(InputError(reason="required"), name)
    return tuple(found)


def _part(part: Entry, path: str, entry: Entry, *, loose: bool) -> _Part:
    """Read one; of a procedure it may be any of a kind, of a team it has a name."""
    read = _Part(
        path=path,
        resource=part.take("resource", fields.text, None)
        if loose
        else part.take("resource", fields.text),
        role=part.take("role", fields.text, ""),
        offset=part.take("offset", fields.whole, 0),
        minutes=part.take("minutes", fields.whole, None),
    )
    if loose:
        read = replace(
            read,
            kind=part.take("kind", fields.one_of(ResourceKind), None),
            capability=part.take("capability", fields.text, ""),
            department=part.take("department", fields.text, None),
        )
    entry.good = part.close() and entry.good
    return read
