"""A code on its way: by the queue of jobs to a real gateway, and kept nowhere."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from redis import Redis
from rq import Queue, SimpleWorker

from app.accounts import proving
from app.accounts.purposes import Purpose
from app.core import clock
from app.core.actor import SYSTEM
from app.core.db import transaction
from app.jobs import codes, worker
from app.jobs.names import QUEUE
from app.notifications import channels, service
from app.notifications.kinds import Channel, Told
from app.notifications.service import NewText
from tests import factories as make
from tests import gateways

LATER = timedelta(minutes=5)
PHONE = "+919847012345"
DLT, NAMING = "1007161234567890123", "1007161234567890124"


@pytest.fixture
def queue(app):
    with Redis.from_url(app.extensions["baari.settings"].redis_url) as client:
        found = Queue(QUEUE, connection=client)
        found.empty()
        yield found
        found.empty()


@pytest.fixture
def sink(app, session):
    """Let codes go to phones by a gateway on loopback, and by nothing afterwards."""
    before = app.extensions["baari.settings"]
    with gateways.http() as (url, sink):
        settings = replace(before, sms=url)
        channels.use(settings)
        proving.use(codes.carrier(settings), shown=False)
        worker._app = app
        try:
            yield sink
        finally:
            worker._app = None
            channels.use(before)
            proving.use(codes.carrier(before), shown=before.demo)


def work_off(queue):
    SimpleWorker([queue], connection=queue.connection).work(burst=True)


def test_is_sent_in_the_language_of_who_asks_and_proves_the_phone(app, queue, sink):
    now = clock.now()
    with app.test_request_context("/?lang=hi"):
        challenge = proving.send_code(PHONE, Purpose.IDENTITY, address="a", now=now)
    (job,) = queue.jobs
    assert job.description == "a code for a phone"

    work_off(queue)

    (letter,) = sink.letters
    assert letter["to"] == PHONE
    assert "कोड" in letter["text"]
    code = letter["text"].split()[0]
    proved = proving.prove_phone(challenge, code, purpose=Purpose.IDENTITY, now=now)
    assert proved == PHONE
    assert not queue.connection.keys(f"rq:job:{job.id}*")


# What is registered in no other language goes out in none.
@pytest.mark.parametrize(("language", "sent"), [("en", 1), ("hi", 0)])
def test_goes_in_the_registered_words_of_the_place_that_asks(
    app, queue, sink, language, sent
):
    place = make.facility()
    words_of(place, "{{ code }}: {{ facility }}", DLT)
    with app.test_request_context(f"/?lang={language}"), transaction():
        codes.carry(PHONE, "123456", clock.now() + LATER, place.slug)

    work_off(queue)

    told = [(each["text"], each.get("template_id")) for each in sink.letters]
    assert told == [(f"123456: {place.name}", DLT)] * sent


def words_of(place, written, template):
    words = NewText(Told.CODE, "en", Channel.SMS, written, template, "BAARIH")
    service.write_text(place, words, by=SYSTEM, now=clock.now())
    service.send_registered_only(place, on=True, by=SYSTEM, now=clock.now())


def asked_for_nowhere(app, queue, sink, language="en"):
    with app.test_request_context(f"/?lang={language}"), transaction():
        codes.carry(PHONE, "123456", clock.now() + LATER)
    work_off(queue)
    told = [(each["text"], each.get("template_id")) for each in sink.letters]
    sink.letters.clear()
    return told


def test_asked_for_at_no_place_goes_in_words_that_carriers_let_pass(app, queue, sink):
    ((usual, without),) = asked_for_nowhere(app, queue, sink)
    assert usual.startswith("123456 is your code")
    assert without is None

    first, second = make.facility(), make.facility()
    words_of(first, "{{ code }}: {{ facility }}", NAMING)
    assert asked_for_nowhere(app, queue, sink) == [(f"123456: {first.name}", NAMING)]

    words_of(second, "Say {{ code }}", DLT)
    assert asked_for_nowhere(app, queue, sink) == [("Say 123456", DLT)]


def test_where_no_place_lets_other_words_out_none_go(app, queue, sink):
    for place in (make.facility(), make.facility()):
        words_of(place, "Say {{ code }}", DLT)

    assert asked_for_nowhere(app, queue, sink, "hi") == []


def test_of_an_act_that_is_undone_is_never_sent(queue, sink):
    def act():
        with transaction():
            proving.send_code(PHONE, Purpose.IDENTITY, address="b", now=clock.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()

    assert not queue.jobs


def test_that_comes_too_late_is_not_sent(queue, sink):
    with transaction():
        codes.carry(PHONE, "123456", clock.now() - timedelta(seconds=1))
    work_off(queue)

    assert not sink.letters


def test_cannot_be_sent_where_no_way_leads_to_phones(app):
    assert codes.carrier(app.extensions["baari.settings"]) is None
