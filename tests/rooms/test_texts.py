"""What messages say is a facility's own: checked, registered, and back to the usual."""

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from app.audit.models import AuditEvent
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.errors import InputError
from app.notifications import channels, checking, house, queries, sending, service
from app.notifications.kinds import Channel, Sending, Told
from app.notifications.service import NewText, RegisteredTextError
from tests import factories as make
from tests import gateways
from tests.factories import NOW
from tests.rooms import cast as people

WORDS = NewText(Told.BOOKED, "en", Channel.SMS, "Come to {{ doctor }}: {{ when }}")
DLT = "1007161234567890123"
REGISTERED = replace(WORDS, template_id=DLT, sender="baarih")


@pytest.fixture
def cast(session):
    cast = people.assemble()
    return replace(cast, asha=make.patient("Asha", "+919847012345"))


@pytest.fixture
def sms(app):
    settings = app.extensions["baari.settings"]
    with gateways.http() as (url, sink):
        # Without an address there is no link to stop messages, which it would end in.
        chosen = replace(settings, sms=url, demo=False)
        channels.use(chosen)
        house.use(chosen)
        yield sink
    channels.use(settings)
    house.use(settings)


def write(cast, order=WORDS, **other):
    return service.write_text(cast.place, replace(order, **other), by=SYSTEM, now=NOW)


def told(cast):
    """Book a visit and send what is told of it."""
    order = make.timed_order(
        cast.place, cast.rao, cast.visit, cast.asha, make.local(15)
    )
    booking.book_timed(order, by=SYSTEM, now=NOW)
    send_all()


def send_all():
    while sending.send_one(now=NOW):
        pass


def kept(cast, channel=Channel.SMS):
    return queries.texts(cast.place, by=SYSTEM).of(Told.BOOKED, "en", channel)


def changes(session):
    acts = AuditEvent.action == "message_text.changed"
    return session.scalar(select(func.count()).where(acts))


class TestWriting:
    def test_a_facility_says_it_in_its_own_words_and_its_way_alone(self, cast, sms):
        write(cast, channel=Channel.EMAIL, written="A letter")
        write(cast)
        told(cast)

        (letter,) = sms.letters
        assert letter["text"] == f"Come to {cast.rao.name}: 02/03/2026 15:00"
        assert "template_id" not in letter

    def test_twice_is_once_and_back_to_the_usual_leaves_nothing(self, session, cast):
        write(cast)
        write(cast)
        assert changes(session) == 1

        for _ in range(2):
            service.usual_text(
                cast.place, Told.BOOKED, "en", Channel.SMS, by=SYSTEM, now=NOW
            )

        assert changes(session) == 2
        assert not kept(cast).own
        assert queries.texts(cast.place, by=SYSTEM).own == {}

    def test_another_facility_says_the_usual(self, cast):
        write(cast)

        other = queries.texts(make.facility(), by=SYSTEM)

        assert other.of(Told.BOOKED, "en", Channel.SMS).own is False

    @pytest.mark.parametrize(
        ("written", "reason", "line"),
        [
            ("Hello {{ name }}", "text_variable", 1),
            ("Hello\n{{ until }}", "text_variable", 2),
            ("{{ when }}\n{% if token %}", "text_syntax", 2),
            ("{{ when", "text_syntax", 1),
            ("{{ doctor.__class__ }}", "text_unsafe", 1),
            ("\n{{ when }}\n{{ doctor|upper }}", "text_unsafe", 2),
            ("{% for x in doctor %}{{ x }}{% endfor %}", "text_unsafe", 1),
            ("{{ 'a' * 999999999 }}", "text_unsafe", 1),
            ("{% include 'x' %}", "text_unsafe", 1),
            ("{% if token %}{{ token }}{% endif %}", "text_empty", None),
            ("", "length", None),
            ("അ" * 500, "text_parts", None),
            ("a\x00b", "control_characters", None),
        ],
    )
    def test_what_cannot_be_sent_is_refused_naming_the_line(
        self, cast, written, reason, line
    ):
        with pytest.raises(InputError) as refused:
            write(cast, written=written)

        assert refused.value.field == "written"
        assert refused.value.params["reason"] == reason
        assert refused.value.params.get("line") == line
        assert not kept(cast).own

    @pytest.mark.parametrize(
        ("written", "channel", "field"),
        [
            ("Your code", Channel.SMS, "written"),
            ("{% if code %}{{ facility }}{% endif %}", Channel.SMS, "written"),
            ("{{ code }} at {{ when }}", Channel.SMS, "written"),
            ("{{ code }}", Channel.EMAIL, "kind"),
        ],
    )
    def test_the_words_of_a_code_say_it_and_go_to_phones(
        self, cast, written, channel, field
    ):
        with pytest.raises(InputError) as refused:
            write(cast, kind=Told.CODE, written=written, channel=channel)

        assert refused.value.field == field

    def test_whatsapp_and_mail_take_more_but_not_all(self, cast):
        write(cast, channel=Channel.EMAIL, written="a" * 3000)

        with pytest.raises(InputError) as refused:
            write(cast, channel=Channel.WHATSAPP, written="a" * 1025)

        assert refused.value.params["reason"] == "text_long"

    @pytest.mark.parametrize(
        ("said", "parts"),
        [("a" * 160, 1), ("a" * 161, 2), ("€" * 81, 2), ("അ" * 70, 1), ("അ" * 71, 2)],
    )
    def test_an_sms_is_counted_as_networks_do(self, said, parts):
        assert checking.parts(said) == parts

    def test_a_preview_says_it_in_each_language_and_keeps_nothing(self, cast):
        seen = queries.preview(cast.place, WORDS, by=SYSTEM, now=NOW)

        assert [text.language for text, *_ in seen] == ["en", "ar", "hi", "ml", "ta"]
        assert seen[0][1].startswith("Come to Dr ")
        assert "ബുക്ക്" in seen[3][1]
        assert not kept(cast).own


class TestRegistration:
    def test_its_id_goes_with_the_message_and_is_in_the_log(self, cast, sms):
        write(cast, REGISTERED)
        told(cast)

        (letter,) = sms.letters
        assert (letter["template_id"], letter["sender"]) == (DLT, "BAARIH")
        (sent,) = queries.outbox(cast.place, by=SYSTEM)
        assert sent.tries[0].template_id == DLT

    def test_registered_words_stay_unless_they_may_lose_their_id(self, cast):
        write(cast, REGISTERED)

        with pytest.raises(RegisteredTextError):
            write(cast, REGISTERED, written="Other words")
        assert kept(cast).written == WORDS.written

        write(cast, REGISTERED, written="Other words", unregister=True)
        assert (kept(cast).written, kept(cast).template_id) == ("Other words", "")

    def test_other_words_may_have_an_id_of_their_own(self, cast):
        write(cast, REGISTERED)
        write(cast, REGISTERED, written="Other words", template_id=DLT[::-1])

        assert kept(cast).template_id == DLT[::-1]

    @pytest.mark.parametrize(
        ("field", "other"),
        [
            ("template_id", {"template_id": "12345"}),
            ("template_id", {"template_id": DLT, "channel": Channel.EMAIL}),
            ("template_id", {"template_id": "Hello", "channel": Channel.WHATSAPP}),
            ("sender", {"template_id": DLT, "sender": "to long"}),
            ("sender", {"template_id": "hello", "channel": Channel.WHATSAPP}),
        ],
    )
    def test_an_id_of_another_form_is_refused(self, cast, field, other):
        with pytest.raises(InputError) as refused:
            write(cast, REGISTERED, **other)

        assert refused.value.field == field

    def test_where_registered_ones_alone_go_out_the_rest_ends_and_says_so(
        self, cast, sms
    ):
        for on in (True, True):
            service.send_registered_only(cast.place, on=on, by=SYSTEM, now=NOW)
        told(cast)

        (dead,) = queries.outbox(cast.place, by=SYSTEM)
        assert (dead.message.status, sms.letters) == (Sending.DEAD, [])
        assert dead.tries[0].words == "unregistered"

        write(cast, REGISTERED)
        service.resend(dead.message.id, cast.place, by=SYSTEM, now=NOW)
        send_all()

        assert [each["template_id"] for each in sms.letters] == [DLT]
