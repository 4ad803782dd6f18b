"""More patients than places, all at once, through the page as it is served."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from app.booking import queries
from app.booking.models import Appointment
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.core.db import db
from app.directory import service as directory
from app.public import booking_proof
from drills import rush
from drills.patient import REFUSED, Browser, choose, come
from tests import factories as make
from tests import servers
from tests.served import served
from wsgi import create_app

PATIENTS, PLACES, AT_ONCE, SEED = 60, 12, 12, 20261128

pytestmark = [pytest.mark.timeout(180)]


class EveryPhone:
    """The outside world, in which everybody has proved their phone."""

    def proved(self, phone):
        return bool(phone)

    def address(self, phone, after):
        raise AssertionError(phone)


@pytest.fixture
def clinic(worker):
    """Serve a doctor with twelve places tomorrow, in a database whose commits last."""
    settings = servers.start_shared().settings(f"baari_rush_{worker}", 8 + worker)
    app = create_app(settings)
    booking_proof.use(app, EveryPhone())
    with app.app_context():
        place = make.facility()
        doctor = make.resource(place, token_prefix="R")
        reason = make.kind()
        make.hours(place, doctor, make.opd(tokens=PLACES // 4))
        directory.show_online(
            place, doctor.public_id, public=True, by=SYSTEM, now=datetime.now(UTC)
        )
        db.session.remove()
    day = (datetime.now(place.zone) + timedelta(days=1)).date()
    with served(app) as port:
        yield SimpleNamespace(
            app=app,
            place=place,
            doctor=doctor,
            day=day,
            base=f"http://127.0.0.1:{port}",
            times=f"/book/{place.slug}/with/{doctor.code}/{reason.code}/{day}",
        )
    with app.app_context():
        db.engine.dispose()


def test_sixty_on_twelve_book_each_place_once_and_the_rest_are_shown_others(clinic):
    def one(number):
        dice = Random(SEED + number)
        return come(Browser(clinic.base), clinic.times, number, dice, str)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        ends = Counter(pool.map(one, range(PATIENTS)))

    assert ends.pop(REFUSED) == PATIENTS - PLACES
    assert sorted(ends.values()) == [1] * PLACES
    with clinic.app.app_context():
        booked = select(func.count(Appointment.id)).where(
            Appointment.facility_id == clinic.place.id,
            Appointment.status == Status.SCHEDULED,
        )
        held = booked.where(Appointment.status == Status.HELD)
        assert db.session.scalar(booked) == PLACES
        assert db.session.scalar(held) == 0


def test_a_place_that_was_only_held_is_free_once_the_hold_has_run_out(clinic):
    browser = Browser(clinic.base)
    assert choose(browser, clinic.times, Random(SEED))
    assert "is kept for you until" in browser.page

    def left(now):
        with clinic.app.app_context():
            column = queries.slots(
                clinic.place.public_id,
                clinic.doctor.public_id,
                clinic.day,
                by=SYSTEM,
                now=now,
            )
            return column.tokens_left

    now = datetime.now(UTC)
    assert left(now) == PLACES - 1
    assert left(now + timedelta(minutes=11)) == PLACES


def test_a_code_is_found_in_a_log_and_not_in_the_time(tmp_path):
    (tmp_path / "web.log").write_text('{"at": "09:00:01.123456", "code": "654321"}')

    assert rush.leaked(["123456", "654321", "777777"], tmp_path) == ["654321"]
