"""Who booked by another app joins their earlier record by a code to their own phone."""

import pytest
from msgspec.structs import replace

from app.accounts import outbox_queries
from app.accounts.views import EVERYWHERE, Scope
from app.booking import queries, service
from app.booking.own_joining import NETWORK
from app.core import clock
from app.core.actor import SYSTEM, Actor, ActorKind
from app.directory import service as places
from app.doors.brakes import limiter
from app.patients import queries as people_of
from app.patients import service as patients
from app.patients.views import NewPatient, Sex
from tests import factories as make
from tests.doors import people, strict
from tests.doors.online import form_of
from tests.doors.visits import secret_of
from tests.doors.world import NOW
from tests.factories import local

pytestmark = pytest.mark.time_machine(NOW, tick=False)

PHONE, OTHER = "+919847011111", "+919847022222"
APP = Actor(ActorKind.PATIENT, "app.example (network)", reference="beckn:one")
ALL = {"by": SYSTEM, "now": NOW, "scope": EVERYWHERE}


@pytest.fixture(autouse=True)
def fresh_brake(app):
    limiter.reset()


class Visit:
    """A visit that an app of the network booked for somebody with this phone."""

    def __init__(self, world, channel=NETWORK, by=APP, **more):
        places.show_online(
            world.kochi, world.rao.public_id, public=True, by=SYSTEM, now=NOW
        )
        thing = replace(world.rao.thing, public=True)
        where = Scope(world.kochi.id, frozenset({thing}))
        who = NewPatient("Asha N", PHONE, **{"birth_year": 1991} | more)
        self.new = patients.register(who, by=by, now=NOW, scope=where)
        order = make.token_order(
            world.kochi, world.rao, make.kind(), self.new, local(11), channel=channel
        )
        self.id = service.book_token(order, by=by, now=NOW).id
        self.secret = secret_of(queries.appointment(self.id, by=SYSTEM))

    @property
    def patient(self):
        return queries.appointment(self.id, by=SYSTEM).patient

    @property
    def link(self):
        return f"/a/{self.secret}/join"


@pytest.fixture
def visit(app, world):
    return Visit(world)


@pytest.fixture
def browser(app):
    return people.stranger(app)


def before(name="Asha Nair", phone=PHONE, **more):
    """Register somebody of old, at the desk."""
    return patients.register(NewPatient(name, phone, **more), **ALL)


def words(answer):
    return strict.words(strict.page(answer))


def proves(browser, visit, phone):
    """Follow the link to the code and say it back; give the page where that leads."""
    page = strict.page(browser.get(visit.link))
    there = next(a for a in page.iter("a") if "/prove" in a.get("href", ""))
    sent = browser.post(form_of(browser.get(there.get("href"))), phone=phone)
    code = outbox_queries.codes(now=clock.now())[0].code
    back = browser.post(form_of(browser.get(sent.location)), code=code)
    return browser.get(back.location)


def test_a_code_to_the_phone_of_the_visit_joins_it_to_who_was_known(
    browser, visit, world
):
    known = before()
    assert "join my earlier visits" in words(browser.get(f"/a/{visit.secret}"))
    first = words(browser.get(visit.link))
    assert "Asha Nair" not in first

    assert "Asha Nair" in words(proves(browser, visit, PHONE))
    done = browser.post(visit.link, chosen=str(known.public_id))

    assert (done.status_code, visit.patient.public_id) == (303, known.public_id)
    told = words(browser.get(done.location))
    assert "Your visits are joined." in told
    assert "join my earlier visits" not in told
    (still,) = people_of.search(PHONE, by=SYSTEM, scope=EVERYWHERE)
    assert still.public_id == known.public_id
    # Doing it twice changes nothing.
    again = browser.post(visit.link, chosen=str(known.public_id))
    assert again.status_code == 303


def test_without_a_code_nothing_is_joined(browser, visit):
    known = before()

    answer = browser.post(visit.link, chosen=str(known.public_id))

    assert (answer.status_code, answer.location) == (303, visit.link)
    assert visit.patient.public_id == visit.new.public_id


def test_a_code_to_another_phone_names_and_joins_nobody(browser, visit):
    known, other = before(), before("Ravi", OTHER)

    page = words(proves(browser, visit, OTHER))
    answers = [
        browser.post(visit.link, chosen=str(each.public_id)) for each in (known, other)
    ]

    assert "Nobody who could be you" in page
    assert "Asha Nair" not in page
    assert [each.status_code for each in answers] == [422, 422]
    assert visit.patient.public_id == visit.new.public_id


@pytest.mark.parametrize(
    "more", [{"sex": Sex.MALE}, {"birth_year": 1960}, {"phone": OTHER}]
)
def test_who_cannot_be_them_is_not_offered_and_not_taken(browser, world, more):
    visit = Visit(world, sex=Sex.FEMALE)
    asha, other = before(), before("Somebody Else", **more)

    page = words(proves(browser, visit, PHONE))
    answer = browser.post(visit.link, chosen=str(other.public_id))

    assert asha.name in page
    assert other.name not in page
    assert answer.status_code == 422
    assert visit.patient.public_id == visit.new.public_id


def test_who_has_said_nothing_is_asked_again(browser, visit):
    before()
    proves(browser, visit, PHONE)

    answer = browser.post(visit.link)

    assert answer.status_code == 422
    assert "Choose who you are." in words(answer)


def test_two_who_have_numbers_of_their_own_are_two_people(browser, visit):
    known = before()
    for patient, number in ((known, "91000000001015"), (visit.new, "91000000002023")):
        patients.identify(patient.public_id, number, **ALL)
    proves(browser, visit, PHONE)

    answer = browser.post(visit.link, chosen=str(known.public_id))

    assert answer.status_code == 409
    assert "Please ask at the desk." in words(answer)
    assert visit.patient.public_id == visit.new.public_id


@pytest.mark.parametrize(("channel", "by"), [("desk", APP), (NETWORK, SYSTEM)])
def test_whom_others_wrote_down_is_not_asked(browser, world, channel, by):
    visit = Visit(world, channel=channel, by=by)
    known = before()

    assert "join my" not in words(browser.get(f"/a/{visit.secret}"))
    proves(browser, visit, PHONE)
    answer = browser.post(visit.link, chosen=str(known.public_id))

    assert answer.status_code == 422
    assert visit.patient.public_id == visit.new.public_id


def test_what_opens_nothing_is_answered_as_ever(browser, visit):
    nobodys = f"/a/{'x' * 22}/join"
    proves(browser, visit, PHONE)

    assert browser.get(nobodys).status_code == 404
    assert browser.post(nobodys, chosen=str(visit.new.public_id)).status_code == 404


def test_the_desk_can_take_it_back(browser, visit):
    known = before()
    proves(browser, visit, PHONE)
    browser.post(visit.link, chosen=str(known.public_id))
    merge = people_of.merges(known.public_id, **{k: ALL[k] for k in ("by", "scope")})

    patients.undo_merge(merge[0].id, **ALL)

    assert visit.patient.public_id == visit.new.public_id
