"""Gateways of carriers: the id of a registered text reaches them as they ask for it."""

import pytest
from msgspec.structs import replace

from app.booking import service as booking
from app.core import gateways as settings
from app.core.actor import SYSTEM
from app.core.settings import SettingError
from app.notifications import channels, queries, sending, service
from app.notifications.kinds import Channel, Sending, Told
from app.notifications.service import NewText
from tests import factories as make
from tests import gateways
from tests.factories import NOW

pytestmark = [
    pytest.mark.time_machine(NOW, tick=False),
    pytest.mark.usefixtures("session"),
]

DLT = "1007161234567890123"
FIELDS = "From={sender}&To={digits}&Body={text}&DltTemplateId={template_id}"
# One of Apprise's many services still imports what Python will leave out.
APPRISE = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")


@pytest.fixture
def ways(app):
    """Open ways out, and close them after the test."""
    settings = app.extensions["baari.settings"]
    yield lambda **set_: channels.use(replace(settings, **set_))
    channels.use(settings)


@pytest.fixture
def carrier():
    with gateways.carrier() as (host, known):
        yield host, known


def tell(template="", sender="", *, by=Channel.SMS, written="{{ doctor }} & {text}"):
    """Let one patient be told of a booking, and send it; give what became of it."""
    place = make.facility()
    rao, asha = make.resource(place), make.patient("Asha", "+919847012345")
    make.hours(place, rao)
    if template:
        words = NewText(Told.BOOKED, "en", by, written, template, sender)
        service.write_text(place, words, by=SYSTEM, now=NOW)
    order = make.timed_order(place, rao, make.kind(), asha, make.local(10))
    booking.book_timed(order, by=SYSTEM, now=NOW)
    while sending.send_one(now=NOW):
        pass
    return queries.outbox(place, by=SYSTEM)[0]


@pytest.mark.parametrize(("way", "method"), [("form", "POST"), ("get", "GET")])
def test_a_registered_text_goes_out_under_its_ids(ways, carrier, way, method):
    host, known = carrier
    ways(sms=f"{way}+http://sid:to%2Fken@{host}/sms?{FIELDS}&DltEntityId=1101&x=a%26b")
    sent = tell(DLT, "BAARIH")

    ((asked, path, fields),) = known.asked
    assert (asked, path) == (method, "/sms")
    assert fields == {
        "From": "BAARIH",
        "To": "919847012345",
        "Body": f"{sent.message.data['with']} & {{text}}",
        "DltTemplateId": DLT,
        "DltEntityId": "1101",
        "x": "a&b",
    }
    assert known.heads[0]["Authorization"] == "Basic c2lkOnRvL2tlbg=="
    assert sent.message.status is Sending.SENT
    assert sent.tries[0].template_id == DLT


def test_what_is_not_registered_goes_without(ways, carrier):
    host, known = carrier
    ways(sms=f"form+http://{host}/sms?{FIELDS}")
    tell()

    assert set(known.asked[0][2]) == {"To", "Body"}
    assert "Authorization" not in known.heads[0]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ((200, '{"status": "success"}'), Sending.SENT),
        ((200, '{"status": "error", "why": "template"}'), Sending.DEAD),
        ((401, '{"status": "success"}'), Sending.DEAD),
        ((500, ""), Sending.FAILED),
        ((429, ""), Sending.FAILED),
    ],
)
def test_a_yes_is_what_its_address_says(ways, carrier, answer, status):
    host, known = carrier
    known.answer = answer
    ways(sms=f'form+http://{host}/sms?{FIELDS}#"status":%20"success"')

    assert tell().message.status is status


def test_what_it_may_have_taken_is_not_sent_again(ways, carrier):
    host, known = carrier
    known.answer = None
    ways(sms=f"form+http://{host}/sms?{FIELDS}")

    assert tell().message.status is Sending.UNKNOWN
    assert len(known.asked) == 1


@APPRISE
def test_apprise_is_given_them_as_well(ways, carrier):
    host, known = carrier
    own = ":message=Body&:title=&:type=&:version=&:DltTemplateId={template_id}"
    ways(sms=f"form://{host}/sms?:To={{to}}&:From={{sender}}&{own}")
    tell(DLT, "BAARIH")

    ((_, _, fields),) = known.asked
    assert (fields["DltTemplateId"], fields["From"]) == (DLT, "BAARIH")
    assert fields["To"] == "+919847012345"


def test_whatsapp_is_given_the_name_of_a_template_and_its_values(ways, carrier):
    host, known = carrier
    ways(whatsapp=f"whatsapp+http://:to%2Fken@{host}/v23.0/123/messages")
    written = (
        "{% if token %}{{ token }}{% endif %} {{ doctor }}: {{ when }} {{ doctor }}"
    )
    sent = tell("visit_booked", by=Channel.WHATSAPP, written=written)

    ((_, path, told),) = known.asked
    doctor = sent.message.data["with"]
    values = ["-", doctor, "02/03/2026 10:00", doctor]
    assert (path, told["to"]) == ("/v23.0/123/messages", "919847012345")
    assert told["type"] == "template"
    assert told["template"] == {
        "name": "visit_booked",
        "language": {"code": "en"},
        "components": [
            {
                "type": "body",
                "parameters": [{"type": "text", "text": each} for each in values],
            }
        ],
    }
    assert known.heads[0]["Authorization"] == "Bearer to/ken"
    assert sent.tries[0].template_id == "visit_booked"


def test_whatsapp_is_given_other_words_as_they_are(ways, carrier):
    host, known = carrier
    known.answer = (400, "outside the window")
    ways(whatsapp=f"whatsapp+http://:token@{host}/v23.0/123/messages")

    assert tell().message.status is Sending.DEAD
    ((_, _, told),) = known.asked
    assert told["type"] == "text"
    assert "is booked for" in told["text"]["body"]


@pytest.mark.parametrize(
    "url",
    [
        "form+https://gateway/send?To={to}",
        "form+https://gateway/send?Body={text}",
        "get+https://gateway/send?To={to}&Body={text}&Id={dlt}",
        "form+https:///send?To={to}&Body={text}",
        "twilio://sid:token@from/1234",
        "whatsapp+https://graph.facebook.com/v23.0/123/messages",
        "https://",
    ],
)
def test_an_address_that_sends_to_nobody_is_refused(url):
    with pytest.raises(SettingError, match="BAARI_SMS"):
        settings.read({"BAARI_SMS": url})
