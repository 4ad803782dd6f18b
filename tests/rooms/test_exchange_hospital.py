"""A hospital's file: what is told of bad lines, and that nothing of them is kept."""

from datetime import timedelta

import pytest

from app.accounts.permissions import Role
from app.booking import procedure_queries
from app.core.errors import ForbiddenError, InputError
from app.directory import internal as directory
from app.directory.kinds import ResourceKind
from app.exchange import service as exchange
from app.exchange.desk import Done
from app.exchange.errors import BadFileError
from app.exchange.service import NewImport
from tests import factories as make
from tests.factories import NOW

HOSPITAL = """\
facilities:
  - slug: north
    name: North Hospital
    zone: Asia/Kolkata
    departments: [Surgery]
    hours:
      valid_from: 2026-03-01
      sessions:
        - {weekdays: daily, start: 8:00, end: 20:00}
types:
  - {code: new, name: New visit, category: new, minutes: 15}
  - {code: operation, name: Operation, category: procedure, minutes: 60, price: 99.50}
users:
  - username: meena
    name: Meena
    password: long enough
    roles:
      - {role: reception, facility: north}
      - {role: location_manager, facility: north, resource: theatre}
practitioners:
  - code: rao
    name: Dr Rao
    user: meena
    posts:
      - {facility: north, department: Surgery, token_prefix: Q}
locations:
  - code: theatre
    name: Theatre
    form: theatre
    facility: north
    department: Surgery
    buffer_after: 10
equipment:
  - {code: c-arm, name: C-arm, facility: north}
teams:
  - code: team-a
    name: Team A
    facility: north
    members:
      - {resource: rao, role: surgeon, offset: 30}
      - {resource: theatre, minutes: 45}
procedures:
  - facility: north
    name: Hernia repair
    type: operation
    minutes: 90
    patients: [P-1]
    priority: 3
    needs:
      - {resource: rao, role: surgeon, offset: 15, minutes: 50}
      - {kind: location, department: Surgery}
      - c-arm
patients:
  - {mrn: P-1, name: Asha, phone: 98470 12345, birth_year: 1980}
schedules:
  - resource: rao
    facility: north
    valid_from: 2026-03-01
    sessions:
      - weekdays: Mon-Fri
        type: tokens
        start: 09:00
        end: 10:00
        slot_minutes: 30
        tokens_per_slot: 2
        types: [new]
      - {weekdays: Mon-Fri, start: 10:00, end: 16:00}
exceptions:
  - resource: rao
    facility: north
    available: no
    start: 2026-03-03 09:00
    end: 2026-03-03 16:00
maintenance:
  - {resource: c-arm, facility: north, start: 2026-03-04 08:00, end: 2026-03-04 12:00}
bookings:
  - facility: north
    type: operation
    patient: P-1
    start: 2026-03-05 10:00
    end: 2026-03-05 12:00
    resources:
      - {resource: rao, start: 2026-03-05 10:30, end: 2026-03-05 12:00}
      - theatre
      - {resource: c-arm, start: 2026-03-05 11:00, end: 2026-03-05 11:30}
tokens:
  - {facility: north, resource: rao, type: new, patient: P-1, start: 2026-03-02 09:00}
"""


@pytest.fixture
def admin(session):
    return make.user(Role.ADMIN).actor


def bring_in(text, by, name="hospital.yaml", **more):
    data = text if isinstance(text, bytes) else text.encode()
    return exchange.bring_in(NewImport(name, data, **more), by=by, now=NOW)


def problems(text, by, name="hospital.yaml"):
    with pytest.raises(BadFileError) as refused:
        bring_in(text, by, name)
    return refused.value.problems


def changed(old, new):
    assert HOSPITAL.count(old) == 1
    return HOSPITAL.replace(old, new)


def line_of(part, text=HOSPITAL):
    (line,) = [n for n, each in enumerate(text.splitlines(), 1) if part in each]
    return line


class TestAWholeHospital:
    def test_is_brought_in_with_every_section(self, admin):
        report = bring_in(HOSPITAL, admin)

        assert {name: dict(each) for name, each in report.counts.items()} == {
            "facilities": {Done.ADDED: 1},
            "departments": {Done.ADDED: 1},
            "types": {Done.ADDED: 2},
            "users": {Done.ADDED: 1},
            "practitioners": {Done.ADDED: 1},
            "locations": {Done.ADDED: 1},
            "equipment": {Done.ADDED: 1},
            "roles": {Done.ADDED: 2},
            "teams": {Done.ADDED: 1},
            "procedures": {Done.ADDED: 1},
            "patients": {Done.ADDED: 1},
            "hours": {Done.ADDED: 1},
            "schedules": {Done.ADDED: 1},
            "exceptions": {Done.ADDED: 1},
            "maintenance": {Done.ADDED: 1},
            "bookings": {Done.ADDED: 1},
            "tokens": {Done.ADDED: 1},
        }

    def test_changes_nothing_the_second_time(self, admin):
        bring_in(HOSPITAL, admin)

        again = bring_in(HOSPITAL, admin)

        assert again.added == 0
        assert all(set(each) == {Done.SAME} for each in again.counts.values())

    def test_keeps_nothing_of_a_rehearsal(self, admin):
        report = bring_in(HOSPITAL, admin, rehearse=True)

        assert report.added == 19
        assert directory.facilities() == {}

    def test_a_doctor_may_be_posted_to_one_more_place_later(self, admin):
        bring_in(HOSPITAL, admin)
        south = changed(
            "      - {facility: north, department: Surgery, token_prefix: Q}\n",
            "      - {facility: north, department: Surgery, token_prefix: Q}\n"
            "      - {facility: south}\n",
        ).replace(
            "types:\n  - {code: new",
            "  - {slug: south, name: South, zone: Asia/Dubai}\ntypes:\n  - {code: new",
        )

        report = bring_in(south, admin)

        assert report.counts["practitioners"] == {Done.ADDED: 1}
        assert len(directory.posts_of_code("rao")) == 2


class TestABadLine:
    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("zone: Asia/Kolkata", "zone: Asia/Kolkatta", ("zone", "invalid", "zone")),
            ("start: 8:00", "start: 8.00", ("start", "invalid", "type")),
            ("minutes: 60", "minutes: an hour", ("minutes", "invalid", "type")),
            ("category: new", "category: newish", ("category", "invalid", "choice")),
            ("password: long enough", "password: x", ("password", "invalid", "length")),
            ("form: theatre", "form: barn", ("form", "invalid", "choice")),
            ("phone: 98470 12345", "phone: none", ("phone", "invalid", "phone")),
            (
                "birth_year: 1980",
                "birth_year: 3000",
                ("birth_year", "invalid", "between"),
            ),
            (
                "end: 10:00",
                "end: 10:10",
                ("sessions.0.slot_minutes", "invalid", "remainder"),
            ),
            ("types: [new]", "types: [old]", ("sessions.0.types", "not_found", None)),
            ("available: no", "available: maybe", ("available", "invalid", "type")),
            (
                "end: 2026-03-03 16:00",
                "end: 2026-03-03 08:00",
                ("end", "invalid", "before_start"),
            ),
            (
                "start: 2026-03-03 09:00",
                "start: 2026-03-03 09:00Z",
                ("start", "invalid", "local_time"),
            ),
            ("- theatre", "- theater", ("resources.1.resource", "not_found", None)),
            ("patient: P-1\n", "patient: P-2\n", ("patient", "not_found", None)),
            (
                "start: 2026-03-02 09:00",
                "start: 2026-02-31 09:00",
                ("start", "invalid", "type"),
            ),
        ],
    )
    def test_is_told_with_its_line_and_field(self, admin, old, new, told):
        text = changed(old, new)

        (first, *_) = problems(text, admin)

        reason = first.params.get("reason")
        assert (first.field, first.code, reason) == told
        lines = text.splitlines()
        wrong = [
            n for n, each in enumerate(lines, 1) if each not in HOSPITAL.splitlines()
        ]
        # A session's slots do not fit its hours: told where the slot size stands.
        expected = [line_of("slot_minutes")] if reason == "remainder" else wrong
        assert first.line in expected

    def test_that_names_no_resource_is_told_beside_good_ones(self, admin):
        text = changed("north, resource: rao, type: new,", "north, type: new,")

        ((line, field),) = [(each.line, each.field) for each in problems(text, admin)]

        assert (line, field) == (line_of("type: new, patient", text), "resource")

    def test_an_unknown_key_comes_with_what_was_meant(self, admin):
        told = problems(changed("name: North Hospital", "nmae: North"), admin)

        unknown = next(each for each in told if each.code == "unknown_key")
        assert unknown.params["meant"] == "name"

    def test_all_are_told_at_once(self, admin):
        text = changed("minutes: 60", "minutes: x").replace("zone: Asia", "zone: Aisa")

        told = problems(text, admin)

        assert [each.line for each in told] == [
            line_of("Aisa", text),
            line_of("minutes: x", text),
        ]

    def test_what_hangs_on_it_is_not_told_again(self, admin):
        (told,) = problems(changed("zone: Asia/Kolkata", "zone: Mars"), admin)

        assert told.params["reason"] == "zone"

    def test_leaves_nothing_behind(self, admin):
        problems(changed("- theatre", "- theater"), admin)

        assert directory.facilities() == {}

    def test_differing_from_what_is_there_says_how(self, admin):
        bring_in(HOSPITAL, admin)

        (told,) = problems(changed("name: Asha", "name: Usha"), admin)

        assert (told.code, told.field) == ("differs", "name")
        assert (told.params["is"], told.params["wanted"]) == ("Asha", "Usha")

    def test_a_name_given_twice_is_told_with_the_first_line(self, admin):
        text = HOSPITAL.replace(
            "schedules:\n", "  - {mrn: P-1, name: Ravi}\nschedules:\n"
        )

        told = problems(text, admin)

        twice = next(each for each in told if each.code == "repeated")
        assert twice.line == line_of("Ravi", text)
        assert twice.params["line"] == line_of("name: Asha", text)

    def test_a_taken_time_is_told_with_the_nearest_free_ones(self, admin):
        bring_in(HOSPITAL, admin)
        third = "  - {facility: north, resource: rao, type: new, patient: P-%d,"
        more = "".join(f"{third % n} start: 2026-03-02 09:00}}\n" for n in (2, 3))
        people = "".join(f"  - {{mrn: P-{n}, name: Ravi}}\n" for n in (2, 3))
        text = HOSPITAL.replace("schedules:\n", f"{people}schedules:\n") + more

        (told,) = problems(text, admin)

        assert told.code == "slot_full"
        assert told.line == len(text.splitlines())
        assert told.nearest[0].span.start == make.local(9, 30)


class TestWhoMayImport:
    def test_the_front_desk_may_not(self, session):
        desk = make.user(Role.RECEPTION).actor

        with pytest.raises(ForbiddenError):
            bring_in(HOSPITAL, desk)

    def test_nobody_imports_as_of_the_future(self, admin):
        with pytest.raises(InputError) as refused:
            bring_in(HOSPITAL, admin, as_of=NOW + timedelta(days=1))

        assert refused.value.field == "as_of"


class TestTeamsAndProcedures:
    def test_keep_who_is_in_them_and_their_parts(self, admin):
        bring_in(HOSPITAL, admin)

        place = directory.facility_by_slug("north")
        team = directory.resource_by_code("team-a", place.id)
        members = directory.teams([team.public_id])[team.public_id]
        told = [(m.role, m.offset, m.length) for m in members]
        assert told == [
            ("surgeon", timedelta(minutes=30), None),
            ("", timedelta(), timedelta(minutes=45)),
        ]
        (planned,) = procedure_queries.procedures(place, by=admin)
        assert (planned.order.name, planned.state) == ("Hernia repair", "planned")
        assert (planned.order.minutes, planned.order.priority) == (90, 3)
        assert len(planned.order.patient_ids) == 1
        assert [each.kind for each in planned.order.needs] == [
            None,
            ResourceKind.LOCATION,
            None,
        ]

    @pytest.mark.parametrize(
        ("old", "new", "field"),
        [
            ("{resource: theatre, minutes: 45}", "{resource: nobody}", "resource"),
            ("{resource: theatre, minutes: 45}", "{minutes: 45}", "resource"),
            ("role: surgeon, offset: 30}", "role: surgeon, offset: 9999}", "offset"),
            ("{resource: theatre, minutes: 45}", "{resource: rao}", "members"),
            ("- c-arm", "- x-ray", "needs"),
            ("{kind: location, department: Surgery}", "{kind: planet}", "kind"),
            ("priority: 3", "priority: 9", "priority"),
            ("patients: [P-1]", "patients: [P-7]", "patients"),
        ],
    )
    def test_name_the_line_of_what_is_wrong_and_keep_nothing(
        self, admin, old, new, field
    ):
        text = changed(old, new)

        (told,) = problems(text, admin)

        wrong = "members:" if field == "members" else new
        assert told.line == line_of(wrong, text)
        assert field in told.field
        assert directory.facilities() == {}

    @pytest.mark.parametrize(
        ("old", "new", "section"),
        [
            ("{resource: theatre, minutes: 45}", "{resource: theatre}", "members"),
            ("priority: 3", "priority: 2", "priority"),
            ("offset: 15, minutes: 50}", "offset: 15, minutes: 55}", "needs"),
        ],
    )
    def test_are_not_changed_by_a_second_file(self, admin, old, new, section):
        bring_in(HOSPITAL, admin)

        (told,) = problems(changed(old, new), admin)

        assert (told.code, told.field) == ("differs", section)
