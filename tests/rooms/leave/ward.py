"""What tests of leave do again and again."""

from app.booking import leave_queries, queries, resource_queries, service
from app.booking.views import Absence, Chosen
from app.core.actor import SYSTEM
from tests import factories as make
from tests.factories import NOW


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
