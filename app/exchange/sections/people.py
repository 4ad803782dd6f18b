"""Staff with their roles, and patients."""

from collections.abc import Iterator

from app.accounts import queries as accounts
from app.accounts import service as staff
from app.accounts.permissions import Role
from app.accounts.service import NewUser
from app.accounts.views import ALL, EVERYWHERE, Reach
from app.core.errors import InputError
from app.exchange import fields
from app.exchange.desk import Desk, Done, Item, Named, compare
from app.exchange.entry import Entry
from app.patients import internal as patients
from app.patients import phones, service
from app.patients.views import NewPatient, Sex


def user(entry: Entry) -> Iterator[Item]:
    username = entry.take("username", fields.text)
    name = entry.take("name", fields.text)
    password = entry.take("password", fields.text, "")

    def act(desk: Desk) -> Done:
        kept = accounts.by_username(username)
        if kept is not None:
            # Their password may have been changed since: it is theirs, not the file's.
            return compare("user", [("name", kept.name, name)])
        order = NewUser(username=username, name=name, password=password)
        staff.add_user(order, by=desk.by, now=desk.now)
        return Done.ADDED

    makes = Named("user", username)
    yield Item(entry, "users", act, makes, stage=2)
    for each in entry.entries("roles"):
        yield _role(each, username)
        entry.good = each.close() and entry.good


def _role(entry: Entry, username: str) -> Item:
    role = entry.take("role", fields.one_of(Role))
    facility = entry.take("facility", fields.text, None)
    department = entry.take("department", fields.text, None)
    resource = entry.take("resource", fields.text, None)
    if facility is None and (department or resource):
        entry.note(InputError(reason="required"), "facility")
    if department and resource:
        entry.note(InputError(reason="one_scope"), "resource")

    def act(desk: Desk) -> Done:
        if Named("user", username) in desk.failed:
            return Done.SAME
        scope = _scope(desk, facility, department, resource)
        new = staff.give_role(username, role, scope, by=desk.by, now=desk.now)
        return Done.ADDED if new else Done.SAME

    return Item(entry, "roles", act, stage=4)


def _scope(
    desk: Desk, facility: str | None, department: str | None, resource: str | None
) -> Reach:
    if facility is None:
        return ALL
    place = desk.facility(facility)
    if department is not None:
        number = desk.department(department, place, "department")
        return Reach(place.id, department_id=number)
    if resource is not None:
        found = desk.resource(resource, place)
        return Reach(place.id, resource_id=found.id)
    return Reach(place.id)


def patient(entry: Entry) -> Iterator[Item]:
    """Read a person; the record number tells a second import who it is."""
    order = NewPatient(
        mrn=entry.take("mrn", fields.text),
        name=entry.take("name", fields.text),
        phone=entry.take("phone", fields.text, None),
        sex=entry.take("sex", fields.one_of(Sex), Sex.UNKNOWN),
        birth_date=entry.take("birth_date", fields.day, None),
        birth_year=entry.take("birth_year", fields.whole, None),
        language=entry.take("language", fields.language, "en"),
    )
    given = [name for name in ("sex", "language") if entry.has(name)]

    def act(desk: Desk) -> Done:
        kept = patients.by_mrn(order.mrn or "")
        if kept is None:
            service.register(order, by=desk.by, now=desk.now, scope=EVERYWHERE)
            return Done.ADDED
        phone = phones.e164(order.phone) if order.phone else None
        return compare(
            "patient",
            [
                ("name", kept.name, order.name),
                ("phone", kept.phone, phone),
                ("birth_date", kept.birth_date, order.birth_date),
                ("birth_year", kept.birth_year, order.birth_year),
                *((name, getattr(kept, name), getattr(order, name)) for name in given),
            ],
        )

    yield Item(entry, "patients", act, Named("patient", order.mrn or ""))
