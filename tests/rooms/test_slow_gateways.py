"""Gateways that are slow, hang or close: what the log says, and nobody else waits."""

import socket
import threading
from contextlib import contextmanager

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from app.accounts.views import EVERYWHERE, Scope
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.db import db
from app.jobs import messages
from app.notifications import channels, queries, sending, service
from app.notifications.channels import mail, server
from app.notifications.kinds import Channel, Sending
from app.notifications.views import ContactView
from tests import factories as make
from tests import gateways
from tests.factories import NOW, local

pytestmark = [
    pytest.mark.time_machine(NOW, tick=False),
]
MAIL = {"mail_from": "opd@example.org"}


@pytest.fixture
def ways(app):
    settings = app.extensions["baari.settings"]
    yield lambda **set_: channels.use(replace(settings, **set_))
    channels.use(settings)


@contextmanager
def silent():
    """Run a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def told():
    """Let somebody be told of a booking; give what became of that in the end."""
    place = make.facility()
    rao, asha = make.resource(place), make.patient("Asha", "+919847012345")
    make.hours(place, rao)
    wanted = ContactView(email="asha@example.org")
    service.set_contact(asha.public_id, wanted, Scope(place.id), by=SYSTEM, now=NOW)
    order = make.timed_order(place, rao, make.kind(), asha, local(10))
    booking.book_timed(order, by=SYSTEM, now=NOW)
    return lambda: queries.outbox(place, by=SYSTEM)[0]


def send(now=NOW):
    while sending.send_one(now=now):
        pass


class TestWhatTheLogSays:
    def test_a_gateway_that_takes_it_and_is_too_slow_may_have_it(
        self, session, ways, monkeypatch
    ):
        monkeypatch.setattr(server, "TIMEOUT_S", 0.2)
        answered = threading.Event()
        with gateways.http() as (url, sink):
            sink.hooks.append(lambda _: answered.wait(20))
            ways(sms=url)
            found = told()
            send()
            answered.set()
            again = found().due_at
            send(again)

        tries = [(each.outcome.value, each.words) for each in found().tries]
        assert tries[1] == ("unknown", "no answer: TimeoutError")
        assert tries[0] == ("sent", "answered 200")
        # It went twice and is one message: its key is the same.
        assert len(sink.letters) == 2
        assert len(sink.arrived) == 1

    @pytest.mark.parametrize(("answer", "words"), [(503, "answered 503")])
    def test_a_gateway_that_fails_has_it_not(self, session, ways, answer, words):
        with gateways.http() as (url, sink):
            sink.answers = [answer]
            ways(sms=url)
            found = told()
            send()

        assert found().message.status is Sending.FAILED
        assert found().tries[0].words == words

    def test_a_mail_server_that_never_greets_is_not_reached(
        self, session, ways, monkeypatch
    ):
        monkeypatch.setattr(mail, "TIMEOUT_S", 0.2)
        with silent() as port:
            ways(smtp=f"smtp://127.0.0.1:{port}", **MAIL)
            found = told()
            send()

        assert found().message.status is Sending.FAILED
        assert found().tries[0].words == "not reached: SMTPServerDisconnected"

    def test_a_greylisted_mail_goes_again_as_the_same(self, session, ways):
        with gateways.smtp() as (url, box):
            ways(smtp=url, **MAIL)
            found = told()
            box.answer = "451 greylisted, come again"
            send()
            assert found().tries[0].words == "answered 451"
            box.answer = "250 OK"
            send(found().due_at)

        assert f"<{found().message.id}@example.org>" in box.mails[0][1]


def test_one_slow_gateway_holds_up_no_other_channel(hospital, ways):
    db.session.execute(text("UPDATE messages SET due_at = NULL"))
    db.session.commit()
    mailed, held = threading.Event(), []
    with gateways.http() as (url, sink), gateways.smtp() as (smtp, box):
        ways(sms=url, smtp=smtp, **MAIL)
        by_phone, by_mail = told(), told()
        likes_mail = by_mail().patient
        wanted = ContactView(Channel.EMAIL, "asha@example.org")
        who = likes_mail.public_id
        service.set_contact(who, wanted, EVERYWHERE, by=SYSTEM, now=NOW)
        # SMS is first in the line, and answers only once the mail has gone out.
        sink.hooks.append(lambda _: held.append(mailed.wait(8)))
        box.hooks.append(mailed.set)
        messages.send()

    assert held == [True]
    assert by_phone().message.channel is Channel.SMS
    assert by_mail().message.channel is Channel.EMAIL
    assert by_phone().message.status is by_mail().message.status is Sending.SENT
