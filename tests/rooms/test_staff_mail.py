"""Mail to staff: what the bell told them, as they wish, once, and not by night."""

from datetime import time, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.booking import queries as bookings
from app.booking import service as booking
from app.booking.views import NewWaiting
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, InputError
from app.notifications import channels, house, mailing, queries, reading, service
from app.notifications.kinds import Rung, Sending, Subject
from app.notifications.mail_wishes import MailView
from app.notifications.models import Mailing, Notice
from tests import factories as make
from tests import gateways
from tests.factories import MONDAY, NOW, local
from tests.rooms import cast as people

ALL = frozenset(Subject)


@pytest.fixture
def box(app, session):
    """Open mail alone, and close it after the test."""
    settings = app.extensions["baari.settings"]
    with gateways.smtp() as (url, found):
        mail = {"smtp": url, "mail_from": "opd@example.org"}
        chosen = replace(settings, url="https://opd.example.org", **mail)
        channels.use(chosen)
        house.use(chosen)
        yield found
    channels.use(settings)
    house.use(settings)


@pytest.fixture
def cast(box):
    return people.assemble()


@pytest.fixture
def doctor(cast):
    return addressed(make.user(Role.DOCTOR), "rao@example.org")


@pytest.fixture
def own(cast, doctor):
    found = make.resource(cast.place, user_id=doctor.id)
    make.hours(cast.place, found)
    settle()
    return found


def addressed(user, email):
    accounts.change_user(
        user.username, by=SYSTEM, now=NOW, name=user.name, active=True, email=email
    )
    return user


def settle():
    """Let nothing of the opening wait for mail."""
    reading.settle(before=NOW + timedelta(seconds=1), now=NOW + timedelta(seconds=1))
    send()


def book(cast, who, hour):
    order = make.timed_order(cast.place, who, cast.visit, cast.asha, local(hour))
    return booking.book_timed(order, by=SYSTEM, now=NOW)


def send(now=NOW):
    while mailing.send_one(now=now):
        pass


def wish(user, now=NOW, **fields):
    service.set_mail(MailView(**fields), by=user.actor, now=now)


class TestWhat:
    def test_what_the_bell_told_goes_by_mail_once_and_names_no_patient(
        self, cast, box, doctor, own
    ):
        wish(doctor, subjects=ALL)
        told = book(cast, own, 10)
        send()
        send(NOW + timedelta(hours=1))

        ((to, mail),) = box.mails
        assert to == ["rao@example.org"]
        assert told.reference in mail
        assert "02/03/2026 10:00" in mail
        assert "https://opd.example.org/notices/mail" in mail
        assert cast.asha.name not in mail

    def test_only_the_kinds_they_want(self, cast, box, doctor, own):
        wish(doctor, subjects=frozenset({Subject.CANCELLATIONS}))
        told = book(cast, own, 10)
        send()
        assert box.mails == []

        booking.cancel(told.id, "Ill", by=SYSTEM, now=NOW)
        send()
        assert "Visit cancelled" in box.mails[0][1]

    def test_who_never_chose_gets_what_is_usual_for_their_roles(
        self, cast, box, doctor, own
    ):
        mine = queries.mail(by=doctor.actor)
        assert mine.usual
        assert Subject.BOOKINGS not in mine.subjects

        told = book(cast, own, 10)
        booking.cancel(told.id, "Ill", by=SYSTEM, now=NOW)
        send()

        ((_, mail),) = box.mails
        assert "Visit cancelled" in mail
        assert "New booking" not in mail

    def test_a_place_that_the_waitlist_fills_is_a_kind_of_its_own(self, cast, box):
        desk = addressed(make.user(Role.RECEPTION, cast.place), "desk@example.org")
        settle()
        wish(desk, subjects=frozenset({Subject.FILLS}))
        wishes = NewWaiting(
            cast.place.public_id,
            cast.asha.public_id,
            cast.visit.public_id,
            first_day=MONDAY,
            last_day=MONDAY,
        )
        booking.join_waitlist(wishes, by=SYSTEM, now=NOW)
        booking.offer_freed(by=SYSTEM, now=NOW)
        (entry,) = bookings.waitlist(cast.place, by=SYSTEM)
        offered = entry.offer.appointment.id
        booking.confirm(offered, (cast.asha.public_id,), by=SYSTEM, now=NOW)
        send()

        assert queries.notices(by=desk.actor)[0].kind is Rung.FILLED
        assert "Place taken from the waitlist" in box.mails[0][1]

    def test_without_an_address_or_after_reading_none_goes(
        self, session, cast, box, doctor, own
    ):
        wish(doctor, subjects=ALL)
        book(cast, own, 10)
        service.read_notice(
            queries.notices(by=doctor.actor)[0].id, by=doctor.actor, now=NOW
        )
        send()
        addressed(doctor, "")
        book(cast, own, 11)
        send()

        assert box.mails == []
        waiting = select(Notice).where(Notice.mail_at.is_not(None))
        assert session.scalars(waiting).all() == []


class TestWhen:
    def test_what_comes_by_night_is_one_letter_in_the_morning(
        self, cast, box, doctor, own
    ):
        # NOW is half past seven in the morning there, or whatever it is: be quiet then.
        here = NOW.astimezone(cast.place.zone)
        first, last = here - timedelta(hours=2), here + timedelta(hours=3)
        quiet = {"quiet_from": first.time(), "quiet_till": last.time()}
        wish(doctor, subjects=ALL, **quiet)
        for hour in (10, 11):
            book(cast, own, hour)
        send()
        send(last - timedelta(seconds=1))
        assert box.mails == []

        send(last)

        ((_, mail),) = box.mails
        assert "2 notices" in mail
        assert mail.count("New booking") == 2

    @pytest.mark.parametrize(
        ("hour", "until"),
        [(20, None), (21, (25, 7)), (23, (25, 7)), (6, (24, 7)), (7, None)],
    )
    def test_quiet_hours_may_lie_over_midnight(self, cast, hour, until):
        zone = cast.place.zone
        view = MailView(quiet_from=time(21), quiet_till=time(7))
        moment = NOW.astimezone(zone).replace(day=24, hour=hour, minute=0)

        found = view.quiet_until(moment, zone)

        assert (found and (found.day, found.hour)) == until


class TestTrying:
    def test_a_server_that_says_later_is_asked_again_with_the_same_letter(
        self, session, cast, box, doctor, own
    ):
        wish(doctor, subjects=ALL)
        book(cast, own, 10)
        box.answer = "451 later"
        send()
        letter = session.scalars(select(Mailing)).one()
        assert (letter.status, letter.words) == (Sending.FAILED, "answered 451")

        assert queries.mail(by=doctor.actor).trouble == "answered 451"
        box.answer = "250 OK"
        send(NOW + timedelta(minutes=1))

        assert queries.mail(by=doctor.actor).trouble == ""
        session.refresh(letter)
        assert letter.status is Sending.SENT
        assert f"<{letter.public_id}@example.org>" in box.mails[0][1]

    def test_without_mail_nothing_waits_for_it(self, app, session, cast, doctor, own):
        channels.use(app.extensions["baari.settings"])
        book(cast, own, 10)

        found = session.scalars(select(Notice.mail_at)).all()
        assert set(found) == {None}


class TestWishing:
    @pytest.mark.parametrize(
        ("first", "last", "field"),
        [(time(21), None, "quiet_till"), (time(7), time(7), "quiet_till")],
    )
    def test_quiet_hours_have_two_ends(self, cast, doctor, first, last, field):
        with pytest.raises(InputError) as told:
            wish(doctor, quiet_from=first, quiet_till=last)

        assert told.value.field == field

    def test_nobody_else_than_staff_gets_any(self, cast):
        with pytest.raises(ForbiddenError):
            service.set_mail(MailView(), by=people.STRANGER, now=NOW)

    @pytest.mark.parametrize("email", ["rao", "a@b.in\nBcc: c@d.in"])
    def test_an_address_is_one(self, cast, doctor, email):
        with pytest.raises(InputError) as told:
            addressed(doctor, email)

        assert told.value.field == "email"
