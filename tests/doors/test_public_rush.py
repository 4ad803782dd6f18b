"""More patients than places, all at once, through the page as it is served."""

import html
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from random import Random
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from sqlalchemy import func, select
from werkzeug.serving import make_server

from app.booking import queries
from app.booking.models import Appointment
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.core.db import db
from app.directory import service as directory
from app.public import booking_proof
from tests import factories as make
from tests import servers
from wsgi import create_app

PATIENTS, PLACES, AT_ONCE, SEED = 60, 12, 12, 20261128

pytestmark = [pytest.mark.xdist_group("race"), pytest.mark.timeout(180)]


class EveryPhone:
    """The outside world, in which everybody has proved their phone."""

    def proved(self, phone):
        return bool(phone)

    def address(self, phone, after):
        raise AssertionError(phone)


class Browser:
    """A patient's browser: cookies, and forms as they stand on the page."""

    def __init__(self, base):
        self.base = base
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.page = ""

    def go(self, path, **form):
        data = None
        if form:
            csrf = re.search(r'name="csrf_token" value="([^"]+)"', self.page)[1]
            data = urlencode({"csrf_token": csrf} | form).encode()
        try:
            answer = self.opener.open(f"{self.base}{path}", data, timeout=60)
        except HTTPError as refused:
            answer = refused
        self.page = html.unescape(answer.read().decode())
        return answer.status

    def times(self):
        return re.findall(r'name="at"\s+value="([^"]+)"', self.page)


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
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    day = (datetime.now(place.zone) + timedelta(days=1)).date()
    yield SimpleNamespace(
        app=app,
        place=place,
        doctor=doctor,
        day=day,
        base=f"http://127.0.0.1:{server.server_port}",
        book=f"/book/{place.slug}",
        times=f"/book/{place.slug}/with/{doctor.code}/{reason.code}/{day}",
    )
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


def come(clinic, number):
    """Take any time of tomorrow, another if it goes; give how it ended."""
    dice = Random(SEED + number)
    browser = Browser(clinic.base)
    browser.go(clinic.times)
    while offered := browser.times():
        if browser.go(clinic.times, at=dice.choice(offered)) != 200:
            continue
        browser.go(
            f"{clinic.book}/who",
            name=f"Patient {number}",
            born="30",
            sex="female",
            phone=f"98470{number:05}",
        )
        chosen = re.search(r'name="chosen"\s+value="([^"]+)"', browser.page)[1]
        if browser.go(f"{clinic.book}/check", chosen=chosen) == 200:
            return re.search(r"R-\d+", browser.page)[0]
    assert "Next free times" in browser.page
    return "refused"


def test_sixty_on_twelve_book_each_place_once_and_the_rest_are_shown_others(clinic):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ends = Counter(pool.map(lambda each: come(clinic, each), range(PATIENTS)))

    assert ends.pop("refused") == PATIENTS - PLACES
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
    browser.go(clinic.times)
    browser.go(clinic.times, at=browser.times()[0])
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
