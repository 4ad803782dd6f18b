"""Patients as a table: every row is a person, every bad row is told by its line."""

import pytest

from app.accounts.permissions import Role
from app.exchange import service as exchange
from app.exchange.desk import Done
from app.exchange.errors import BadFileError
from app.exchange.service import NewImport
from app.patients import internal as patients
from tests import factories as make
from tests.factories import NOW


@pytest.fixture
def admin(session):
    return make.user(Role.ADMIN).actor


def bring_in(data, by, **more):
    data = data if isinstance(data, bytes) else data.encode()
    order = NewImport("patients.csv", data)
    return exchange.bring_in(order, by=by, now=NOW, **more)


def problems(data, by):
    with pytest.raises(BadFileError) as refused:
        bring_in(data, by)
    return [(each.line, each.field, each.code) for each in refused.value.problems]


def test_people_are_registered_as_they_are_written(admin):
    bring_in("mrn,name,phone,sex\nP-1,Asha,098470 12345,female\n", admin)

    asha = patients.by_mrn("P-1")
    assert (asha.name, asha.phone, asha.sex) == ("Asha", "+919847012345", "female")


def test_five_hundred_rows_tell_their_progress(admin):
    rows = "".join(f"P-{n},Person {n}\n" for n in range(500))
    told = []

    report = bring_in(
        f"mrn,name\n{rows}",
        admin,
        progress=lambda done, total: told.append((done, total)),
    )

    assert report.counts["patients"] == {Done.ADDED: 500}
    assert (told[0], told[-1], len(told)) == ((1, 500), (500, 500), 500)


def test_a_second_import_finds_everybody_there(admin):
    bring_in("mrn,name,phone\nP-1,Asha,9847012345\n", admin)

    again = bring_in("mrn,name,phone\nP-1,Asha,+91 98470 12345\n", admin)

    assert again.counts["patients"] == {Done.SAME: 1}


def test_excel_s_mark_at_the_beginning_is_not_part_of_the_header(admin):
    report = bring_in("\ufeffmrn,name\r\nP-1,ആശ\r\n".encode(), admin)

    assert report.added == 1


def test_lines_are_right_after_a_cell_with_line_breaks(admin):
    table = 'mrn,name,language\n\nP-1,Asha,"\n\nen"\nP-2,,en\nP-3,Ravi,en,more\n'

    told = problems(table, admin)

    assert told == [(6, "name", "invalid"), (7, None, "file_form")]


def test_bad_cells_are_told_by_line_and_column(admin):
    table = "mrn,name,sex,birth_date\nP-1,Asha,woman,1980-13-01\nP-2,Ravi,,\n"

    told = problems(table, admin)

    assert told == [(2, "sex", "invalid"), (2, "birth_date", "invalid")]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", 1),
        (b"mrn,nmae\nP-1,Asha\n", 1),
        (b"mrn;name\nP-1;Asha\n", 1),
        (b"mrn,name,name\n", 1),
        (b"mrn,name\nP-1,\xff\n", 2),
        (b'mrn,name\nP-1,"Asha\n', 2),
    ],
    ids=["empty", "misspelt", "semicolons", "twice", "latin", "open quote"],
)
def test_a_file_that_is_no_table_is_told_where(admin, data, line):
    ((told, field, code),) = problems(data, admin)

    assert (told, field, code) == (line, None, "file_form")


def test_a_nul_is_told_and_not_looked_up(admin):
    told = problems("mrn,name\n\0,Asha\n", admin)

    assert told == [(2, "mrn", "invalid")]


def test_a_person_named_twice_is_told(admin):
    told = problems("mrn,name\nP-1,Asha\nP-1,Ravi\n", admin)

    assert (3, None, "repeated") in told


def test_one_bad_row_keeps_everybody_out(admin):
    problems("mrn,name\nP-1,Asha\nP-2,\n", admin)

    assert patients.by_mrn("P-1") is None
