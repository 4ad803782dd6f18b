"""Every read of the house asks whether its actor may, or is declared open."""

import importlib
import inspect
import pkgutil
from uuid import uuid4

import pytest
from msgspec.structs import replace

import app as house
from app.accounts import queries as accounts
from app.accounts.views import EVERYWHERE, Scope
from app.audit import queries as audit
from app.availability import queries as availability
from app.booking import displacement_queries as urgent
from app.booking import leave_queries as leave
from app.booking import need_queries as needs
from app.booking import own_queries as own
from app.booking import procedure_queries as sets
from app.booking import queries as booking
from app.booking import resource_queries as resources
from app.booking import swap_queries as swaps
from app.booking import window_queries as hours
from app.booking.views import Member, Seeking, Want
from app.core.errors import ForbiddenError, NotFoundError
from app.directory import queries as directory
from app.directory import service as places
from app.notifications import queries as messages
from app.patients import device_queries as browsers
from app.patients import queries as patients
from app.receipts import queries as receipts
from app.reports import audit_queries as reports
from tests import factories as make
from tests.doors.pictures import DOT
from tests.factories import MONDAY, NOW, local
from tests.rooms import cast as people
from tests.rooms.acts_messages import WORDS
from tests.rooms.acts_money import paid, prepaid
from tests.rooms.cast import STRANGER
from tests.rooms.reads_queues import QUEUE_READS
from tests.rooms.reads_reports import REPORT_READS

DAY = make.span(local(0), 24 * 60)

# What tells who somebody is cannot ask who they are; the rest tells nothing of anybody.
OPEN = {
    "accounts.admins",
    "accounts.bearer",
    "accounts.by_username",
    # Only a demo has any: its outbox stands for the phones.
    "accounts.codes",
    "patients.known",
    "accounts.has_demo",
    "accounts.may",
    "accounts.signed_in",
    "directory.outside_ids",
    "directory.registry_ids",
    "directory.network_terms",
    # Names of kinds, and nothing of any.
    "reports.spoken_of",
    # Kinds of messages and what any of them may name, and no message.
    "notifications.told_kinds",
    "notifications.told_languages",
    "notifications.told_variables",
    # How often a queue has changed, and not what.
    "queues.comes_now",
    # A visit, to who has its secret; nobody is named.
    "booking.own",
    # To who has the secret and has proved the phone: they have no other name.
    "booking.earlier",
    # Whether messages are stopped, to who has the secret of them.
    "notifications.stop_of",
    "queues.status",
    "queues.version",
    "queues.board_unchanged",
    "queues.board_version",
    # Whoever has the code of a board may look, and sees what its privacy lets be seen.
    "queues.wall",
}


def logo_at(place):
    return places.set_logo(place, DOT, by=make.SYSTEM, now=NOW)


def reads_of_the_house():
    """Find every public function of the modules of queries."""
    for room in pkgutil.iter_modules(house.__path__):
        if not room.ispkg:
            continue
        folder = importlib.import_module(f"app.{room.name}").__path__
        for module in pkgutil.iter_modules(folder):
            if not module.name.endswith("queries"):
                continue
            found = importlib.import_module(f"app.{room.name}.{module.name}")
            named = getattr(found, "__all__", ())
            for name, function in inspect.getmembers(found, inspect.isfunction):
                own = function.__module__ == found.__name__ and name[0] != "_"
                if own or name in named:
                    yield f"{room.name}.{name}"


def series(cast):
    told = booking.appointment(people.serial(cast), by=make.SYSTEM)
    return told.series_id


READS = {
    "accounts.acting_for": lambda c, by: accounts.acting_for(by, uuid4(), now=NOW),
    "accounts.delegations": lambda c, by: accounts.delegations(by=by),
    "accounts.lent_by": lambda c, by: accounts.lent_by(by),
    "accounts.lent_to": lambda c, by: accounts.lent_to(by, now=NOW),
    "accounts.people_of": lambda c, by: accounts.people_of(
        Scope(c.place.id, frozenset({c.rao.thing})), by=by
    ),
    "accounts.roles": lambda c, by: accounts.roles(by=by),
    "accounts.roles_of": lambda c, by: accounts.roles_of(make.user().username, by=by),
    "accounts.staff": lambda c, by: accounts.staff(by=by),
    "accounts.tokens": lambda c, by: accounts.tokens("meena", by=by),
    "notifications.consent": lambda c, by: messages.consent(
        c.asha.public_id, Scope(c.place.id), by=by, now=NOW
    ),
    "notifications.contact": lambda c, by: messages.contact(
        c.asha.public_id, Scope(c.place.id), by=by
    ),
    "notifications.open_channels": lambda c, by: messages.open_channels(c.place, by=by),
    "notifications.outbox": lambda c, by: messages.outbox(c.place, by=by),
    "notifications.preview": lambda c, by: messages.preview(
        c.place, WORDS, by=by, now=NOW
    ),
    "notifications.texts": lambda c, by: messages.texts(c.place, by=by),
    "notifications.mine": lambda c, by: messages.mine(by=by),
    "notifications.notice": lambda c, by: messages.notice(people.noticed(c, by), by=by),
    "notifications.mail": lambda c, by: messages.mail(by=by),
    "notifications.notices": lambda c, by: messages.notices(by=by),
    "notifications.unread": lambda c, by: messages.unread(by=by),
    "directory.departments": lambda c, by: directory.departments(c.place, by=by),
    "directory.durations": lambda c, by: directory.durations(c.visit.public_id, by=by),
    "directory.facilities": lambda c, by: directory.facilities(by=by),
    "directory.facility": lambda c, by: directory.facility(c.place.slug, by=by),
    "directory.facility_by_id": lambda c, by: directory.facility_by_id(
        c.place.public_id, by=by
    ),
    "directory.logo": lambda c, by: directory.logo(logo_at(c.place), by=by),
    "directory.house": lambda c, by: directory.house(c.place.public_id, None, by=by),
    "directory.resource": lambda c, by: directory.resource(
        c.place, c.rao.public_id, by=by
    ),
    "directory.resources": lambda c, by: directory.resources(c.place, by=by),
    "directory.team": lambda c, by: directory.team(c.place, people.a_team(c), by=by),
    "directory.types": lambda c, by: directory.types(by=by),
    "receipts.of_appointment": lambda c, by: receipts.of_appointment(
        paid(c).appointment.id, by=by
    ),
    "receipts.prepaid": lambda c, by: receipts.prepaid(
        prepaid(c).appointment_id, by=by
    ),
    "receipts.one": lambda c, by: receipts.one(paid(c).id, by=by),
    "patients.devices": lambda c, by: browsers.devices("+919847012345", by=by, now=NOW),
    "patients.doubles": lambda c, by: patients.doubles(
        c.asha.public_id, by=by, scope=EVERYWHERE
    ),
    "patients.family": lambda c, by: patients.family(
        "+919847012345", by=by, scope=EVERYWHERE
    ),
    "patients.merges": lambda c, by: patients.merges(
        c.asha.public_id, by=by, scope=EVERYWHERE
    ),
    "patients.one": lambda c, by: patients.one(
        c.asha.public_id, by=by, scope=EVERYWHERE
    ),
    "patients.search": lambda c, by: patients.search(
        "Asha", by=by, scope=Scope(c.place.id)
    ),
    "patients.similar": lambda c, by: patients.similar(
        "Asha", "", by=by, scope=Scope(c.place.id)
    ),
    "availability.check": lambda c, by: availability.check(
        c.place, c.rao, make.span(local(14), 30), by=by
    ),
    "availability.exceptions": lambda c, by: availability.exceptions(
        c.place, DAY, by=by
    ),
    "availability.maintenance": lambda c, by: availability.maintenance(
        c.place, DAY, by=by
    ),
    "availability.offered": lambda c, by: availability.offered(
        c.place, c.rao, DAY, by=by
    ),
    "availability.schedule": lambda c, by: availability.schedule(c.place, c.rao, by=by),
    "availability.standing": lambda c, by: availability.standing(
        c.place, MONDAY, by=by
    ),
    "booking.appointment": lambda c, by: booking.appointment(
        people.booked(c).id, by=by
    ),
    "booking.appointments": lambda c, by: booking.appointments(c.place, DAY, by=by),
    "booking.assigned": lambda c, by: resources.assigned(people.booked(c).id, by=by),
    "booking.cascade": lambda c, by: leave.cascade(people.struck(c).id, by=by, now=NOW),
    "booking.work": lambda c, by: leave.work(people.struck(c).id, by=by),
    "booking.changes": lambda c, by: booking.changes(c.place, NOW, by=by),
    "booking.cascades": lambda c, by: leave.cascades(c.place, DAY, by=by),
    "booking.conflict": lambda c, by: resources.conflict(people.troubled(c), by=by),
    "booking.conflicts": lambda c, by: resources.conflicts(c.place.public_id, by=by),
    "booking.day": lambda c, by: booking.day(c.place, [c.rao], MONDAY, by=by, now=NOW),
    "booking.day_lists": lambda c, by: booking.day_lists(
        c.place, [c.rao], MONDAY, by=by
    ),
    "booking.displacement": lambda c, by: urgent.displacement(
        people.displacement(c).id, by=by
    ),
    "booking.first_openings": lambda c, by: sets.first_openings(
        c.place, Seeking((Member(c.rao.public_id),), minutes=30), by=by, now=NOW
    ),
    "booking.foresee": lambda c, by: needs.foresee(
        people.needing_a_chair(c), by=by, now=NOW
    ),
    "booking.free": lambda c, by: resources.free(
        c.place.public_id, DAY, by=by, now=NOW
    ),
    "booking.hindrances": lambda c, by: resources.hindrances(
        c.place.public_id,
        [Want(c.rao.public_id, make.span(local(14), 30))],
        by=by,
    ),
    "booking.impact": lambda c, by: booking.impact(people.repair(c), by=by, now=NOW),
    "booking.windows": lambda c, by: hours.windows(c.place, c.rao, by=by),
    "booking.in_slot": lambda c, by: booking.in_slot(c.place, c.rao, local(10), by=by),
    "booking.inbox": lambda c, by: (people.asked(c), booking.inbox(by=by))[1],
    "booking.measured": lambda c, by: resources.measured(c.place.public_id, DAY, by=by),
    "booking.messages": lambda c, by: booking.messages(people.booked(c).id, by=by),
    "booking.month": lambda c, by: booking.month(
        c.place, [c.rao], MONDAY, by=by, now=NOW
    ),
    "booking.movable": lambda c, by: booking.movable(
        people.booked(c).id, by=by, now=NOW
    ),
    "booking.openings": lambda c, by: booking.openings(
        c.place, c.rao, c.visit.public_id, NOW, by=by, now=NOW
    ),
    "booking.preview_emergency": lambda c, by: urgent.preview_emergency(
        people.emergency(c), "urgent", by=by, now=NOW
    ),
    "booking.preview_over_slots": lambda c, by: urgent.preview_over_slots(
        replace(c.timed, starts_at=local(10)), "urgent", by=by, now=NOW
    ),
    "booking.procedure": lambda c, by: sets.procedure(people.planned(c), by=by),
    "booking.procedure_openings": lambda c, by: sets.procedure_openings(
        people.planned(c), by=by, now=NOW
    ),
    "booking.procedures": lambda c, by: sets.procedures(c.place, by=by),
    "booking.rebookings": lambda c, by: urgent.rebookings(c.place, by=by),
    "booking.requests": lambda c, by: booking.requests(c.place, by=by),
    "booking.rules": lambda c, by: booking.rules(c.place, by=by),
    "booking.schedule": lambda c, by: resources.schedule(
        c.place.public_id, c.rao.public_id, DAY, by=by, now=NOW
    ),
    "booking.series": lambda c, by: booking.series(series(c), by=by),
    "booking.slots": lambda c, by: booking.slots(
        c.place.public_id, c.rao.public_id, MONDAY, by=by, now=NOW
    ),
    "booking.stranded": lambda c, by: booking.stranded(c.place, DAY, by=by, now=NOW),
    "audit.comments": lambda c, by: audit.comments(
        "appointment", people.booked(c).id, by=by
    ),
    "audit.talk": lambda c, by: audit.talk("appointment", people.booked(c).id, by=by),
    "reports.history": lambda c, by: reports.history(
        "appointment", people.booked(c).id, by=by
    ),
    "reports.search": lambda c, by: reports.search(reports.Asked(DAY), by=by),
    "reports.trail_places": lambda c, by: reports.trail_places(by=by),
    "booking.instead": lambda c, by: swaps.instead(*people.in_a_chair(c), by=by),
    "booking.used": lambda c, by: swaps.used(people.booked(c).id, by=by),
    "booking.addresses": lambda c, by: own.addresses(people.booked(c).id, by=by),
    "booking.last_visits": lambda c, by: own.last_visits(
        c.place, c.rao, [c.asha.public_id], by=by, now=NOW
    ),
    "booking.lately": lambda c, by: own.lately(
        c.place, [c.asha.public_id], by=by, now=NOW
    ),
    "booking.mine": lambda c, by: own.mine(people.booked(c).id, by=by),
    "booking.waits": lambda c, by: own.waits(c.place, "+919847055555", by=by, now=NOW),
    "booking.ratings": lambda c, by: own.ratings(people.booked(c).id, by=by),
    "booking.timeline": lambda c, by: booking.timeline(
        people.booked(c).id, by=by, now=NOW
    ),
    "booking.trail": lambda c, by: booking.trail(people.booked(c).id, by=by),
    "booking.waiting": lambda c, by: (people.asked(c), booking.waiting(by=by))[1],
    "booking.waitlist": lambda c, by: booking.waitlist(c.place, by=by),
    "booking.week": lambda c, by: booking.week(c.place, c.rao, MONDAY, by=by, now=NOW),
    **QUEUE_READS,
    **REPORT_READS,
}
# What tells each their own: a stranger has nothing.
OWN = {
    "accounts.lent_by",
    "accounts.lent_to",
    "booking.inbox",
    "booking.waiting",
    "directory.facilities",
    "notifications.mine",
    "notifications.notices",
    "notifications.unread",
}
# What puts names to a view that somebody was given already.
SHARED = {"booking.named"}


def test_no_read_is_missing_here():
    assert set(reads_of_the_house()) == set(READS) | OPEN | SHARED


@pytest.mark.parametrize("read", READS)
def test_a_stranger_is_refused_or_gets_nothing(cast, read):
    if read in OWN:
        assert not READS[read](cast, STRANGER)
        return

    # An empty answer would prove nothing where there is nothing to tell.
    with pytest.raises((ForbiddenError, NotFoundError)):
        READS[read](cast, STRANGER)


# What is somebody's alone is not for the house itself.
PERSONAL = {"accounts.acting_for"} | {
    f"notifications.{read}" for read in ("mail", "mine", "notice", "notices", "unread")
}


@pytest.mark.parametrize("read", sorted(set(READS) - PERSONAL))
def test_who_may_is_answered(cast, read):
    assert READS[read](cast, make.SYSTEM) is not None
