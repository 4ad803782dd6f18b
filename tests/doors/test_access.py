"""Every route has a row that says who may and who may not, and keeps to it."""

from contextlib import contextmanager

import pytest
from flask import url_for

from app.core.db import db
from tests.doors import people
from tests.doors.access import Answer, Person
from tests.doors.routes import ROUTES
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def test_every_route_has_exactly_one_row(app):
    routes = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods & METHODS
    }

    rows = sorted((row.endpoint, row.method) for row in ROUTES)

    assert rows == sorted(routes)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_each_person_is_answered_as_the_table_says(app, world):
    came = {
        (person, bearer): people.visitor(app, world, person, bearer=bearer)
        for person in Person
        for bearer in {row.bearer for row in ROUTES}
    }

    told = {
        (row.method, row.endpoint, person.name): answer
        for row in ROUTES
        for person, answer in _answers(app, world, row, came).items()
    }

    wanted = {
        (row.method, row.endpoint, person.name): row.answers[person]
        for row in ROUTES
        for person in Person
    }
    assert {key: told[key] for key in wanted if told[key] is not wanted[key]} == {}


def _answers(app, world, row, came):
    """Make what an address names once, and let everybody ask for it as it was."""
    with _undone():
        with app.test_request_context():
            address = url_for(row.endpoint, **row.args(world))
        form = row.form(world) if row.form else None
        json = row.json(world) if row.json else None
        return {
            person: _answer(came[person, row.bearer], row.method, address, form, json)
            for person in Person
        }


def _answer(visitor, method, address, form, json):
    with _undone():
        return people.answer_of(
            visitor.again().ask(method, address, form=form, json=json)
        )


@contextmanager
def _undone():
    """Take back all that is done meanwhile, commits too."""
    connection = db.session.connection()
    # Acts that make what an address names commit: they must do so within the point.
    db.session.commit()
    point = connection.begin_nested()
    yield
    db.session.rollback()
    point.rollback()


def test_the_table_knows_every_kind_of_answer():
    answers = {answer for row in ROUTES for answer in row.answers.values()}

    assert answers == set(Answer)
