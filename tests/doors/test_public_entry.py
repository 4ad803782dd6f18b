"""How patients come to booking from elsewhere, and how a page reads in Arabic."""

import pytest
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
def stranger(app, reason):
    return people.stranger(app)


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
