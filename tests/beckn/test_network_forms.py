"""Who comes by the network says so on a form, where the app did not (XInput)."""

from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import update

from app.core.db import db
from beckn import forgetting, forms
from beckn.ordering.models import NetworkOrder
from beckn.problems import Code
from tests import factories as make
from tests.beckn import buyers, schemas
from tests.beckn.buying import HOUSE, Buyer, show
from tests.beckn.test_network_orders import at, booked_of, order, refused
from tests.factories import NOW
from tests.rooms.clinic import Clinic

pytestmark = pytest.mark.time_machine(NOW, tick=False)

TYPED = {"name": "Asha Nair", "born": "34", "sex": "female", "phone": "98471 23456"}
OVER = NOW + timedelta(minutes=11)


@pytest.fixture
def clinic(session):
    it = Clinic(tokens=4)
    it.visit = make.kind(minutes=30)
    show(it.place, it.rao)
    return it


@pytest.fixture
def buyer(clinic):
    return Buyer(place=clinic.place)


@pytest.fixture
def page(app, clinic):
    """Open the network; give a browser that has no cookie."""
    buyers.use(app, buyers.Buyer().network())
    yield app.test_client(use_cookies=False)
    buyers.use(app, None)


def bare(buyer, clinic, **named):
    """Write an order that says nothing of who comes and pays."""
    wanted = order(buyer, clinic)
    del wanted["billing"], wanted["fulfillments"][0]["customer"]
    return wanted | named


def asked(buyer, wanted):
    """Init; give what is asked for, and the rest of its address."""
    told = buyer.one("init", order=wanted)["order"]
    schemas.strict("on_init").validate({"order": told})
    form = told["xinput"]["form"]
    assert form["url"].startswith(f"{HOUSE}/n/")
    return told["xinput"], form["url"].removeprefix(HOUSE)


def named(form_id):
    return {"xinput": {"form": {"submission_id": form_id}}}


def test_what_is_said_on_the_form_is_who_is_booked(clinic, buyer, page):
    wanted = bare(buyer, clinic)
    xinput, path = asked(buyer, wanted)
    assert xinput["required"] is True

    shown = page.get(path)
    assert shown.status_code == 200
    assert "bap.example.org" in shown.text
    assert clinic.place.name in shown.text
    handed = page.post(path, data=TYPED)
    assert handed.status_code == 303
    assert 'role="status"' in page.get(handed.location).text

    told = buyer.one("init", order=wanted | named(xinput["form"]["submission_id"]))
    draft = told["order"]
    assert draft["xinput"]["required"] is False
    assert draft["xinput"]["form"] == xinput["form"]
    assert draft["billing"]["name"] == "Asha Nair"
    assert draft["fulfillments"][0]["customer"]["person"]["age"] == "P34Y"
    buyer.one("confirm", order=wanted)
    (visit,) = booked_of(clinic)
    assert (visit.patient.name, visit.patient.phone) == ("Asha Nair", "+919847123456")


def test_a_second_init_waits_for_the_form(clinic, buyer, page):
    wanted = bare(buyer, clinic)
    xinput, path = asked(buyer, wanted)

    with refused(Code.NOT_APPLICABLE):
        buyer.one("init", order=wanted)
    with refused(Code.NOT_APPLICABLE):
        buyer.one("init", order=wanted | named(xinput["form"]["submission_id"]))
    assert clinic.slot(10).taken == 1

    page.post(path, data=TYPED)
    assert buyer.one("init", order=wanted)["order"]["xinput"]["required"] is False


def test_another_time_is_held_though_nobody_filled_the_form(clinic, buyer):
    first, _ = asked(buyer, bare(buyer, clinic))
    later = buyer.order(at(buyer, clinic, "2026-03-02T05:00:00Z"), clinic.visit.code)
    del later["billing"], later["fulfillments"][0]["customer"]

    again, _ = asked(buyer, later)

    assert again["form"] == first["form"]
    assert clinic.slot(10).taken == 0


def test_who_says_all_themselves_may_leave_the_form(clinic, buyer):
    xinput, _ = asked(buyer, order(buyer, clinic))

    assert xinput["required"] is False
    assert buyer.one("init", order=order(buyer, clinic))["order"]["type"] == "DRAFT"


@pytest.mark.parametrize("place", ["order", "item"])
def test_another_form_is_named_in_vain(clinic, buyer, place):
    wanted = bare(buyer, clinic)
    asked(buyer, wanted)
    other = named(str(uuid4()))
    if place == "order":
        wanted |= other
    else:
        wanted["items"][0] |= other

    with refused(Code.INVALID):
        buyer.one("init", order=wanted)


def test_a_confirm_names_the_form_that_was_sent_or_none(clinic, buyer, page):
    wanted = bare(buyer, clinic)
    xinput, path = asked(buyer, wanted)
    page.post(path, data=TYPED)

    with refused(Code.INVALID):
        buyer.one("confirm", order=wanted | named(str(uuid4())))
    ours = named(xinput["form"]["submission_id"])
    told = buyer.one("confirm", order=wanted | ours)["order"]

    assert told["billing"]["name"] == "Asha Nair"


def test_what_one_wrote_is_not_said_of_another(clinic, buyer, page):
    wanted = bare(buyer, clinic)
    _, path = asked(buyer, wanted)
    page.post(path, data=TYPED)
    other = {"customer": {"person": {"name": "Ravi Menon"}}}
    wanted["fulfillments"][0] |= other

    with refused(Code.INVALID):
        buyer.one("confirm", order=wanted)
    assert booked_of(clinic)[0].patient is None


def test_the_same_name_is_the_same_person(clinic, buyer, page):
    wanted = bare(buyer, clinic)
    _, path = asked(buyer, wanted)
    page.post(path, data=TYPED)
    wanted["fulfillments"][0]["customer"] = {"person": {"name": "Asha Nair"}}

    first = buyer.one("confirm", order=wanted)
    again = buyer.one("confirm", order=wanted)

    assert first == again
    contact = first["order"]["fulfillments"][0]["customer"]["contact"]
    assert contact == {"phone": "+919847123456"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "A\x07"}, "name"),
        ({"phone": "12"}, "phone"),
        ({"born": "soon"}, "born"),
        ({"born": "1066"}, "born"),
        ({"sex": "x"}, "sex"),
    ],
)
def test_what_cannot_be_right_is_told_at_its_field(clinic, buyer, page, typed, field):
    _, path = asked(buyer, bare(buyer, clinic))

    answer = page.post(path, data=TYPED | typed)

    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert buyer.one("init", order=order(buyer, clinic))["order"]["billing"]["phone"]


def test_a_year_of_birth_is_as_good_as_an_age(clinic, buyer, page):
    wanted = bare(buyer, clinic)
    _, path = asked(buyer, wanted)
    page.post(path, data=TYPED | {"born": "1992", "lang": "ar"})

    assert 'value="1992"' in page.get(path).text
    buyer.one("confirm", order=wanted)
    assert booked_of(clinic)[0].patient.birth_year == 1992


def test_it_is_read_in_the_readers_language(clinic, buyer, page):
    _, path = asked(buyer, bare(buyer, clinic))

    assert 'dir="rtl"' in page.get(f"{path}?lang=ar").text
    assert 'lang="ml"' in page.get(path, headers={"Accept-Language": "ml"}).text
    handed = page.post(path, data=TYPED | {"lang": "ar"})
    assert "lang=ar" in handed.location


def test_nothing_is_taken_down_once_the_time_is_over_or_the_visit_booked(
    clinic, buyer, page, time_machine
):
    wanted = bare(buyer, clinic)
    _, path = asked(buyer, wanted)

    time_machine.move_to(OVER, tick=False)
    assert "<form" not in page.get(path).text
    assert page.post(path, data=TYPED).status_code == 409
    time_machine.move_to(NOW, tick=False)
    page.post(path, data=TYPED)
    buyer.one("confirm", order=wanted)
    assert "<form" not in page.get(path).text
    answer = page.post(path, data=TYPED | {"name": "Ravi Menon"})
    assert answer.status_code == 409
    told = buyer.one("confirm", order=wanted)["order"]
    assert told["billing"]["name"] == "Asha Nair"


def test_what_was_forgotten_opens_nothing(clinic, buyer, page):
    _, path = asked(buyer, bare(buyer, clinic))
    db.session.execute(update(NetworkOrder).values(redacted_at=NOW))

    assert page.get(path).status_code == 404
    assert page.post(path, data=TYPED).status_code == 404


def test_ids_of_nothing_and_no_network_are_told_alike(app, clinic, page):
    assert page.get(f"/n/{uuid4()}").status_code == 404
    buyers.use(app, None)
    assert page.get(f"/n/{uuid4()}").status_code == 404


def test_who_guesses_ids_is_braked(page):
    path = f"/n/{uuid4()}"
    most = int(forms.PER_ADDRESS.split()[0])

    guesses = {"environ_base": {"REMOTE_ADDR": "203.0.113.54"}}

    answers = [page.get(path, **guesses).status_code for _ in range(most + 1)]

    assert answers == [404] * most + [429]


def test_its_address_is_kept_from_other_sites_and_from_caches(clinic, buyer, page):
    _, path = asked(buyer, bare(buyer, clinic))
    headers = page.get(path).headers

    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


def test_who_may_see_no_patients_is_not_led_to_it(clinic, buyer):
    xinput, path = asked(buyer, bare(buyer, clinic))
    told = orjson.dumps({"message": {"order": {"xinput": xinput}}})

    assert path.encode() in told
    assert path.encode() not in forgetting.without_people(told)
