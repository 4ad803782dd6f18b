"""Messages to patients on their way: sent, tried again, unknown, dead, never twice."""

from datetime import timedelta
from itertools import product

import pytest
from msgspec.structs import replace
from sqlalchemy import select, text

from app.accounts.views import EVERYWHERE, Scope
from app.booking import reminding
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.errors import InputError
from app.core.settings import SettingError
from app.notifications import (
    channels,
    checking,
    queries,
    sending,
    service,
    wording,
)
from app.notifications.channels import http as own
from app.notifications.kinds import OUTWARD, Channel, Sending, Told
from app.notifications.models import Message
from app.notifications.resending import NotResentError
from app.notifications.views import ContactView, TextView
from app.patients import service as patients
from tests import factories as make
from tests import gateways
from tests.factories import NOW
from tests.rooms import cast as people

# Staff alone are told of these.
OF_STAFF = {Told.REASSIGNED}


@pytest.fixture
def cast(session):
    cast = people.assemble()
    return replace(cast, asha=make.patient("Asha", "+919847012345"))


@pytest.fixture
def ways(app):
    """Open ways out, and close them after the test."""
    settings = app.extensions["baari.settings"]
    yield lambda **set_: channels.use(replace(settings, **set_))
    channels.use(settings)


@pytest.fixture
def sms(ways):
    with gateways.http() as (url, sink):
        ways(sms=url)
        yield sink


def book(cast, hour=15):
    order = make.timed_order(
        cast.place, cast.rao, cast.visit, cast.asha, make.local(hour)
    )
    return booking.book_timed(order, by=SYSTEM, now=NOW)


def send_all(now=NOW):
    while sending.send_one(now=now):
        pass


def only(cast):
    (found,) = queries.outbox(cast.place, by=SYSTEM)
    return found


def outcomes(cast):
    return [each.outcome.value for each in reversed(only(cast).tries)]


def contact(cast, now=NOW, **fields):
    wanted = ContactView(**fields)
    scope = Scope(cast.place.id)
    return service.set_contact(cast.asha.public_id, wanted, scope, by=SYSTEM, now=now)


class TestSending:
    def test_a_patient_is_sent_what_was_booked_once(self, cast, sms):
        booked = book(cast)
        send_all()
        send_all(NOW + timedelta(days=2))

        (letter,) = sms.letters
        assert letter["to"] == "+919847012345"
        assert booked.reference in letter["text"]
        assert "02/03/2026 15:00" in letter["text"]
        told = only(cast)
        assert (told.message.status, told.message.channel) == (
            Sending.SENT,
            Channel.SMS,
        )
        assert outcomes(cast) == ["sent"]

    def test_staff_read_theirs_here_and_are_sent_nothing(self, cast, sms):
        order = replace(cast.timed, patient_id=None)
        booking.book_timed(order, by=SYSTEM, now=NOW)
        send_all()

        assert sms.letters == []

    def test_they_read_it_in_their_own_language(self, session, cast, sms):
        session.execute(text("UPDATE patients SET language = 'ml'"))
        book(cast)
        send_all()

        assert "ബുക്ക്" in sms.letters[0]["text"]

    def test_a_failure_is_tried_again_later_and_then_no_more(self, cast, sms):
        book(cast)
        sms.answers = [500] * 6
        moment = NOW
        for minutes in (0, *sending.BACK_OFF):
            moment += timedelta(minutes=minutes)
            before = len(only(cast).tries)
            sending.send_one(now=moment - timedelta(seconds=1))
            assert len(only(cast).tries) == before
            send_all(moment)

        assert outcomes(cast) == ["failed"] * 6
        assert only(cast).message.status is Sending.DEAD
        assert sms.letters == []

    def test_what_a_gateway_refuses_is_not_asked_again(self, cast, sms):
        book(cast)
        sms.answers = [400]
        send_all()

        assert only(cast).message.status is Sending.DEAD
        assert outcomes(cast) == ["refused"]

    def test_a_gateway_that_hangs_up_gets_the_same_key_again(self, cast, sms):
        book(cast)
        sms.answers = ["drop"]
        send_all()
        send_all(NOW + timedelta(minutes=1))

        assert outcomes(cast) == ["unknown", "sent"]
        assert len(sms.letters) == 2
        assert len(sms.arrived) == 1

    def test_where_it_would_be_told_twice_unknown_is_the_end(
        self, cast, sms, monkeypatch
    ):
        monkeypatch.setattr(own.Http, "again", False)
        book(cast)
        sms.answers = ["drop"]
        send_all()
        send_all(NOW + timedelta(hours=1))

        assert only(cast).message.status is Sending.UNKNOWN
        assert len(sms.letters) == 1

    def test_a_gateway_nobody_reaches_is_a_failure(self, cast, ways):
        with gateways.http() as (url, _):
            pass
        ways(sms=url)
        book(cast)
        send_all()

        assert outcomes(cast) == ["failed"]

    @pytest.mark.parametrize(
        ("again", "sent", "status"),
        [(True, 1, Sending.SENT), (False, 0, Sending.UNKNOWN)],
    )
    def test_when_the_sender_died_the_channel_decides(
        self, cast, sms, monkeypatch, again, sent, status
    ):
        monkeypatch.setattr(own.Http, "again", again)
        book(cast)

        def die(*_):
            raise KeyboardInterrupt

        with monkeypatch.context() as dying:
            dying.setattr(own.Http, "send", die)
            with pytest.raises(KeyboardInterrupt):
                sending.send_one(now=NOW)
        send_all(NOW + sending.LEASE - timedelta(seconds=1))
        assert sms.letters == []
        send_all(NOW + sending.LEASE)

        assert len(sms.letters) == sent
        assert only(cast).message.status is status


class TestNotSending:
    def test_without_a_channel_it_says_so(self, cast):
        book(cast)
        send_all()

        told = only(cast)
        assert told.message.status is Sending.UNSENT
        assert told.tries[0].words == "no_channel"

    def test_who_stopped_them_gets_none(self, cast, sms):
        contact(cast, stopped=frozenset(OUTWARD))
        book(cast)
        send_all()

        assert only(cast).tries[0].words == "stopped"
        assert sms.letters == []

    def test_who_stopped_them_under_another_number_gets_none_either(self, cast, sms):
        double = make.patient("Asha N", "+919847099999")
        contact(replace(cast, asha=double), stopped=frozenset(OUTWARD))
        patients.merge(
            cast.asha.public_id, double.public_id, by=SYSTEM, now=NOW, scope=EVERYWHERE
        )
        book(cast)
        send_all()

        assert only(cast).tries[0].words == "stopped"

    def test_who_has_no_phone_is_not_reached_by_it(self, cast, sms):
        lost = replace(cast, asha=make.patient("Devi"))
        book(lost)
        send_all()

        assert only(lost).tries[0].words == "no_address"

    def test_nobody_is_told_the_news_of_yesterday(self, cast, sms):
        book(cast)
        send_all(NOW + sending.STALE + timedelta(minutes=1))

        assert only(cast).tries[0].words == "too_late"
        assert sms.letters == []


class TestResending:
    def test_a_dead_one_goes_out_once_more(self, cast, sms):
        book(cast)
        sms.answers = [400]
        send_all()
        message = only(cast).message.id
        service.resend(message, cast.place, by=SYSTEM, now=NOW)
        send_all()

        assert only(cast).message.status is Sending.SENT
        assert len(sms.letters) == 1
        with pytest.raises(NotResentError):
            service.resend(message, cast.place, by=SYSTEM, now=NOW)


class TestMail:
    def test_it_goes_to_who_likes_mail_best(self, cast, sms, ways):
        with gateways.smtp() as (url, box):
            ways(smtp=url, mail_from="opd@example.org")
            contact(cast, channel=Channel.EMAIL, email="asha@example.org")
            booked = book(cast)
            send_all()

        ((to, mail),) = box.mails
        assert to == ["asha@example.org"]
        assert booked.reference in mail
        assert f"Message-ID: <{only(cast).message.id}@example.org>" in mail

    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [("451 later", "failed"), ("550 no", "refused"), ("421 bye", "failed")],
    )
    def test_a_refusal_for_good_is_no_refusal_of_the_moment(
        self, cast, ways, answer, outcome
    ):
        with gateways.smtp() as (url, box):
            ways(smtp=url, mail_from="opd@example.org")
            box.answer = answer
            contact(cast, email="asha@example.org")
            book(cast)
            send_all()

        assert outcomes(cast) == [outcome]
        assert box.mails == []


class TestReminding:
    def test_a_visit_is_reminded_of_a_day_ahead_and_once(self, cast, sms):
        booked = book(cast)
        send_all()
        start = booked.span.start

        for before in (25, 24, 23, 19):
            moment = start - timedelta(hours=before)
            reminding.remind(now=moment)
            send_all(moment)

        assert len(sms.letters) == 2
        assert "a reminder" in sms.letters[1]["text"]

    def test_a_visit_that_is_off_is_not_reminded_of(self, cast):
        booked = book(cast)
        booking.cancel(booked.id, "Ill", by=SYSTEM, now=NOW)

        assert reminding.remind(now=booked.span.start - timedelta(hours=24)) == 0

    def test_each_as_long_before_as_its_type_says_or_not_at_all(self, cast, sms):
        leads = {}
        for hour, hours in enumerate((2, 48, 0), start=14):
            kind = make.kind(reminder_hours=hours)
            booked = book(replace(cast, visit=kind), hour)
            leads[booked.reference] = hours
        send_all()
        told = len(sms.letters)

        base = make.local(0)
        for hours in range(-48, 20):
            moment = base + timedelta(hours=hours)
            reminding.remind(now=moment)
            send_all(moment)

        reminded = [each["text"] for each in sms.letters[told:]]
        assert len(reminded) == 2
        for reference, hours in leads.items():
            assert any(reference in each for each in reminded) is bool(hours)


class TestContact:
    def test_who_agreed_and_when_is_kept(self, cast):
        contact(cast, agreed_by="Devi, mother")
        later = contact(cast, NOW + timedelta(days=1), agreed_by="Devi, mother")

        assert (later.agreed_by, later.agreed_at) == ("Devi, mother", NOW)

    @pytest.mark.parametrize("email", ["", "asha", "a@b", "a@b.in\nBcc: c@d.in"])
    def test_mail_needs_an_address(self, cast, email):
        with pytest.raises(InputError) as told:
            contact(cast, channel=Channel.EMAIL, email=email)

        assert told.value.field == "email"


class TestWords:
    def test_every_language_has_words_for_every_kind_and_way(self, cast):
        assert set(wording.LANGUAGES) == {"en", "hi", "ml", "ta", "ar"}
        told = {way: wording.kinds(way) for way in wording.CHANNELS}
        assert {kind for each in told.values() for kind in each} == set(Told) - OF_STAFF
        for language, way in product(wording.LANGUAGES, wording.CHANNELS):
            for kind in told[way]:
                text = TextView(kind, language, way, wording.usual(kind, language))
                checking.check(text, cast.place, now=NOW)

    # One of its many services still imports what Python will leave out.
    @pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")
    def test_apprise_is_asked_at_the_start_whether_it_knows_a_service(self, ways):
        ways(sms="json://127.0.0.1/{to}")
        with pytest.raises(SettingError, match="BAARI_SMS"):
            ways(sms="pigeon://{to}")


def test_only_what_is_due_for_a_patient_is_due(session, cast):
    book(cast)

    due = session.scalars(select(Message.patient_id).where(Message.due_at.is_not(None)))
    assert due.all() == [cast.asha.id]
