"""Patients act for themselves, with what is marked public and with nothing else."""

import pytest

from app.accounts.views import EVERYWHERE
from app.booking import queries, service
from app.booking.states import Status
from app.booking.views import Holding
from app.core.actor import SYSTEM, Actor, ActorKind
from app.core.errors import BusyError, ForbiddenError, InputError
from app.directory import service as directory
from app.patients import queries as patients
from tests import factories as make
from tests.factories import NOW, local
from tests.rooms.clinic import Clinic


def browser(key):
    return Actor(ActorKind.PATIENT, "Online booking", reference=key)


SOMEBODY, ANOTHER = browser("one"), browser("two")


@pytest.fixture
def clinic(session):
    it = Clinic()
    show(it, public=True)
    return it


def show(clinic, *, public):
    directory.show_online(
        clinic.place, clinic.rao.public_id, public=public, by=SYSTEM, now=NOW
    )


def order(clinic, *at, who=None):
    return make.token_order(
        clinic.place, clinic.rao, clinic.visit, who or make.patient(), local(*at)
    )


def hold(clinic, by, *at):
    holding = Holding(f"online:{by.reference}", 10)
    return service.hold_token(order(clinic, *at), holding, by=by, now=NOW)


def test_book_what_is_public_and_nothing_else(clinic):
    booked = service.book_token(order(clinic, 10), by=SOMEBODY, now=NOW)
    show(clinic, public=False)

    with pytest.raises(ForbiddenError):
        service.book_token(order(clinic, 11), by=SOMEBODY, now=NOW)
    assert booked.status is Status.SCHEDULED


def test_neither_move_nor_cancel_nor_look_at_anybody(clinic):
    booked = service.book_token(order(clinic, 10), by=SOMEBODY, now=NOW)

    assert queries.appointment(booked.id, by=ANOTHER).patients == ()
    with pytest.raises(ForbiddenError):
        service.cancel(booked.id, "Ill", by=SOMEBODY, now=NOW)
    with pytest.raises(ForbiddenError):
        patients.search("Asha", by=SOMEBODY, scope=EVERYWHERE)
    with pytest.raises(ForbiddenError):
        queries.requests(clinic.place, by=SOMEBODY)


def test_hold_no_more_than_the_facility_allows_and_staff_as_before(clinic):
    set_holds(clinic, 1)
    first = hold(clinic, SOMEBODY, 10)
    moved = hold(clinic, SOMEBODY, 11)

    with pytest.raises(BusyError):
        hold(clinic, ANOTHER, 10)
    hold(clinic, SYSTEM, 10)
    service.release(moved.id, by=SOMEBODY, now=NOW)
    assert hold(clinic, ANOTHER, 10).status is Status.HELD
    assert queries.appointment(first.id, by=SYSTEM).status is Status.EXPIRED


def set_holds(clinic, most):
    directory.set_online(clinic.place, colour="", online_holds=most, by=SYSTEM, now=NOW)


@pytest.mark.parametrize(("most", "colour"), [(-1, ""), (1001, ""), (9, "#ffd27a")])
def test_what_cannot_be_right_is_not_set(clinic, most, colour):
    with pytest.raises(InputError):
        directory.set_online(
            clinic.place, colour=colour, online_holds=most, by=SYSTEM, now=NOW
        )
