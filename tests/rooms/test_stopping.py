"""Messages that patients stop themselves: by the link in each, or by a reply."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from app.accounts.views import EVERYWHERE, Scope
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.errors import NotFoundError
from app.notifications import (
    channels,
    coding,
    house,
    queries,
    sending,
    service,
    stop_queries,
)
from app.notifications.kinds import OUTWARD, Channel, Stop, Told
from app.notifications.texts import NewText
from app.notifications.views import ContactView
from app.patients import service as patients
from tests import factories as make
from tests import gateways
from tests.factories import NOW
from tests.rooms import cast as people

ALL = set(OUTWARD)
HERE = "https://opd.example.org"


@pytest.fixture
def cast(session):
    cast = people.assemble()
    return replace(cast, asha=make.patient("Asha", "+919847012345"))


@pytest.fixture
def ways(app):
    settings = app.extensions["baari.settings"]

    def use(**set_):
        chosen = replace(settings, demo=False, **{"url": HERE} | set_)
        channels.use(chosen)
        house.use(chosen)

    yield use
    channels.use(settings)
    house.use(settings)


@pytest.fixture
def sms(ways):
    with gateways.http() as (url, sink):
        ways(sms=url)
        yield sink


def tell(cast, hour=15, now=NOW):
    """Let a patient be told of a booking, and give what they were sent."""
    order = make.timed_order(
        cast.place, cast.rao, cast.visit, cast.asha, make.local(hour)
    )
    told = booking.book_timed(order, by=SYSTEM, now=now)
    while sending.send_one(now=now):
        pass
    return told


def secret(letter):
    return letter["text"].rpartition("/o/")[2]


def stopped(cast):
    found = queries.contact(cast.asha.public_id, Scope(cast.place.id), by=SYSTEM)
    return set(found.stopped), found.stopped_at


class TestLink:
    def test_each_message_has_the_same_short_one_in_the_patients_language(
        self, session, cast, sms
    ):
        tell(cast)
        session.execute(text("UPDATE patients SET language = 'hi'"))
        tell(cast, 16)

        first, second = sms.letters
        assert secret(first) == secret(second)
        assert f"\nStop: {HERE}/o/" in first["text"]
        assert f"\nबंद करें: {HERE}/o/" in second["text"]
        assert len(secret(first)) == 11

    def test_without_an_address_of_the_house_there_is_none(self, cast, ways):
        with gateways.http() as (url, sink):
            ways(sms=url, url="")
            tell(cast)

        assert "/o/" not in sink.letters[0]["text"]

    def test_it_stops_and_starts_and_twice_is_once(self, cast, sms):
        tell(cast)
        mine = secret(sms.letters[0])
        later = NOW + timedelta(hours=1)
        service.stop(mine, Stop.LINK, now=NOW)
        service.stop(mine, Stop.LINK, now=later)

        assert stopped(cast) == (ALL, NOW)
        assert stop_queries.stop_of(mine).stopped
        tell(cast, 16)
        assert len(sms.letters) == 1

        service.choose(mine, dict.fromkeys(OUTWARD, True), now=later)
        assert stopped(cast) == (set(), None)
        tell(cast, 14)
        assert len(sms.letters) == 2

    def test_the_link_of_who_went_up_in_another_stops_the_other(self, cast, sms):
        tell(cast)
        mine = secret(sms.letters[0])
        kept = make.patient("Asha N", "+919847099999")
        patients.merge(
            kept.public_id, cast.asha.public_id, by=SYSTEM, now=NOW, scope=EVERYWHERE
        )
        service.stop(mine, Stop.LINK, now=NOW)

        assert stopped(replace(cast, asha=kept)) == (ALL, NOW)

    def test_nobodys_secret_stops_nothing(self, cast):
        with pytest.raises(NotFoundError):
            service.stop("abcdefghijk", Stop.LINK, now=NOW)

    def test_mail_has_it_for_the_button_of_mail_programs(self, cast, ways):
        with gateways.smtp() as (url, box):
            ways(smtp=url, mail_from="opd@example.org")
            wanted = ContactView(Channel.EMAIL, "asha@example.org")
            scope = Scope(cast.place.id)
            service.set_contact(cast.asha.public_id, wanted, scope, by=SYSTEM, now=NOW)
            tell(cast)

        ((_, mail),) = box.mails
        assert f"List-Unsubscribe: <{HERE}/o/" in mail
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail


class TestReply:
    @pytest.mark.parametrize(
        "words", ["STOP", " stop. ", "बंद", "നിർത്തുക", "நிறுத்து", "توقف"]
    )
    def test_stop_is_heard_in_every_language(self, cast, sms, words):
        assert service.reply("+919847012345", Channel.SMS, words, now=NOW)

        assert stopped(cast) == ({Channel.SMS}, NOW)

    def test_it_is_for_all_who_have_that_phone_and_nobody_else(self, cast):
        child = make.patient("Diya", "+919847012345")
        other = make.patient("Ravi", "+919847012346")
        service.reply("+919847012345", Channel.SMS, "STOP", now=NOW)

        assert stopped(replace(cast, asha=child)) == ({Channel.SMS}, NOW)
        assert stopped(replace(cast, asha=other)) == (set(), None)
        service.reply("+919847012345", Channel.SMS, "ابدأ", now=NOW)
        assert stopped(replace(cast, asha=child)) == (set(), None)

    def test_it_is_about_the_channel_it_came_by(self, cast, ways):
        with gateways.http() as (sms, texts), gateways.http() as (chat, chats):
            ways(sms=sms, whatsapp=chat)
            service.reply("+919847012345", Channel.SMS, "STOP", now=NOW)
            tell(cast)
            service.reply("+919847012345", Channel.WHATSAPP, "STOP", now=NOW)
            tell(cast, 16)
            service.reply("+919847012345", Channel.SMS, "START", now=NOW)
            tell(cast, 14)

        assert (len(texts.letters), len(chats.letters)) == (1, 1)
        assert stopped(cast) == ({Channel.WHATSAPP}, NOW)

    @pytest.mark.parametrize("words", ["", "Please stop by tomorrow", "ok"])
    def test_anything_else_changes_nothing_and_is_kept_nowhere(
        self, session, cast, words
    ):
        count = "SELECT count(*) FROM audit_events"
        before = session.scalar(text(count))

        assert not service.reply("+919847012345", Channel.SMS, words, now=NOW)
        assert session.scalar(text(count)) == before


def test_codes_are_sent_to_who_stopped_the_rest(cast, sms):
    service.reply("+919847012345", Channel.SMS, "STOP", now=NOW)
    coding.code_at_once("+919847012345", "123456", "en", cast.place.slug)

    assert sms.letters[0]["text"].startswith("123456 is your code")


@pytest.mark.parametrize(
    ("written", "ends"),
    [("Booked: {{ when }}", "15:00"), ("{{ when }}, end: {{ stop }}", "/o/")],
)
def test_a_registered_text_passes_as_it_is_and_may_name_the_link(
    cast, sms, written, ends
):
    words = NewText(
        Told.BOOKED, "en", Channel.SMS, written, "1234567890123456789", "BAARIH"
    )
    service.write_text(cast.place, words, by=SYSTEM, now=NOW)
    tell(cast)

    told = sms.letters[0]["text"]
    assert ends in told[-20:]
    assert "Stop:" not in told
