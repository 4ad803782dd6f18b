"""What tests of leave do again and again."""

from datetime import timedelta

from app.booking import (
    leave_queries,
    ordering,
    queries,
    resource_queries,
    service,
    working,
)
from app.booking.views import Absence, Chosen
from app.core.actor import SYSTEM
from tests import factories as make
from tests.factories import NOW, local


def book(place, doctor, visit, at, **fields):
    order = make.timed_order(place, doctor, visit, make.patient(), at, **fields)
    return service.book_timed(order, by=SYSTEM, now=NOW)


def token(place, doctor, visit, at, **fields):
    order = make.token_order(place, doctor, visit, make.patient(), at, **fields)
    return service.book_token(order, by=SYSTEM, now=NOW)


def absent(place, doctor, start, end, by=SYSTEM, now=NOW, **fields):
    order = Absence(place.public_id, doctor.public_id, end, start, "Ill", **fields)
    return service.mark_absent(order, by=by, now=now)


def proposed(told, appointment, remedy):
    item = item_of(told, appointment)
    return next(each for each in item.proposals if each.remedy is remedy)


def item_of(told, appointment):
    return next(e for e in told.items if e.appointment.id == appointment.id)


def choose(told, *pairs, by=SYSTEM, now=NOW, **fields):
    chosen = [Chosen(a.id, proposed(told, a, remedy).id) for a, remedy in pairs]
    return service.apply_proposals(told.id, chosen, by=by, now=now, **fields)


def again(told, now=NOW):
    return leave_queries.cascade(told.id, by=SYSTEM, now=now)


def at_present(told):
    return queries.appointment(told.id, by=SYSTEM)


def register(place, status=None):
    found = resource_queries.conflicts(place.public_id, by=SYSTEM, status=status)
    return [(each.first.id, each.status) for each in found]


def many(place, doctor, visit, number):
    """Book so many half hours from eleven on, ten a day; give them in order."""
    days = [timedelta(days=n // 10, minutes=30 * (n % 10)) for n in range(number)]
    return [book(place, doctor, visit, local(11) + each) for each in days]


def carry_on(now=NOW):
    """Do all that is ordered, as the job does; tell how much it was."""
    return sum(working.step(each, now=now) for each in ordering.due())
