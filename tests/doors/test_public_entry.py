"""How patients come to booking from elsewhere, and how its pages read."""

import json
import re
from datetime import time

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from app.core.actor import SYSTEM
from app.core.db import db
from app.directory import service as places
from tests import factories as make
from tests.doors import people, strict
from tests.doors.online import BOOK, token
from tests.doors.world import NOW
from tests.factories import MONDAY

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def reason(app, world):
    places.show_online(
        world.kochi, world.rao.public_id, public=True, by=SYSTEM, now=NOW
    )
    return make.kind(minutes=30)


@pytest.fixture
def skin(app, world):
    """Let another department of the place be booked online, as yet without hours."""
    part = places.add_department(world.kochi, "Dermatology", by=SYSTEM, now=NOW)
    doctor = make.resource(
        world.kochi, code="lakshmi", name="Dr Lakshmi", department_id=part.id
    )
    return places.show_online(
        world.kochi, doctor.public_id, public=True, by=SYSTEM, now=NOW
    )


@pytest.fixture
def stranger(app, reason):
    return people.stranger(app)


class TestLinks:
    def test_one_leads_to_a_doctor_in_the_language_it_names(self, stranger, reason):
        first = stranger.get(f"{BOOK}?doctor=rao&lang=hi")

        assert first.location == f"{BOOK}/with/rao"
        day = stranger.get(stranger.get(first.location).location)
        assert '<html lang="hi"' in day.text

    def test_one_leads_to_a_department_and_from_there_to_all(self, stranger, skin):
        page = stranger.get(f"{BOOK}?department=dermatology")

        listed = strict.words(strict.page(page)).partition("No account")[2]
        assert "Dr Lakshmi" in listed
        assert "Dr Vivek Rao" not in listed
        assert f'href="{BOOK}"' in page.text
        assert f"{BOOK}?lang=ml&amp;department=dermatology" in page.text

    @pytest.mark.parametrize("query", ["doctor=nobody", "department=Nowhere"])
    def test_who_is_not_booked_online_is_said_to_be_none(self, stranger, query):
        page = strict.words(strict.page(stranger.get(f"{BOOK}?{query}")))

        assert "cannot be booked online" in page
        assert "Dr Vivek Rao" in page


class TestAbout:
    def told(self, stranger):
        page = stranger.get(BOOK).text
        return json.loads(re.search(r'ld\+json">(.*?)</script>', page, re.DOTALL)[1])

    def test_a_place_has_departments_their_doctors_and_hours(self, stranger, skin):
        db.session.execute(
            text("UPDATE facilities SET address = 'MG Road', region = 'IN'")
        )

        told = self.told(stranger)

        assert told["@type"] == "Hospital"
        assert told["address"] == {
            "@type": "PostalAddress",
            "streetAddress": "MG Road",
            "addressCountry": "IN",
        }
        first, second = told["department"]
        assert (first["name"], second["name"]) == ("Dermatology", "Medicine")
        assert second["url"].endswith(f"{BOOK}?department=Medicine")
        (rao,) = second["member"]
        assert (rao["@type"], rao["name"]) == ("Physician", "Dr Vivek Rao")
        assert rao["url"].endswith(f"{BOOK}?doctor=rao")
        assert rao["openingHoursSpecification"] == told["openingHoursSpecification"]
        assert rao["openingHoursSpecification"][0]["dayOfWeek"][0] == "Monday"
        assert "openingHoursSpecification" not in first["member"][0]

    def test_sessions_that_meet_are_one_and_every_second_week_is_unsaid(
        self, stranger, skin, world
    ):
        some = make.open_time(time(18), time(20), (2,))
        make.hours(
            world.kochi,
            skin,
            make.open_time(time(9), time(13), (0, 1)),
            make.open_time(time(13), time(17), (0, 1)),
            replace(some, every_weeks=2),
        )

        (lakshmi,) = self.told(stranger)["department"][0]["member"]

        assert lakshmi["openingHoursSpecification"] == [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": ["Monday", "Tuesday"],
                "opens": "09:00",
                "closes": "17:00",
            }
        ]


class TestRightToLeft:
    def test_the_groups_of_a_phone_number_keep_their_order(self, stranger):
        db.session.execute(text("UPDATE facilities SET phone = '0484 555 0100'"))

        page = stranger.get(f"{BOOK}?lang=ar")

        assert "\u20660484 555 0100\u2069" in strict.words(strict.page(page))

    def test_a_day_and_a_time_are_joined_as_the_language_joins_them(
        self, stranger, reason
    ):
        there = f"{BOOK}/with/rao/{reason.code}/{MONDAY}"
        stranger.get(f"{there}?lang=ar")
        stranger.post(there, at=token(10))

        page = stranger.get(f"{BOOK}/who")

        assert "2 مارس، 10:00" in strict.words(strict.page(page))
