"""The way of somebody who books online, and what it leaves."""

import re

from app.accounts import outbox_queries
from app.booking.models import Appointment
from app.booking.states import Status
from app.core import clock
from app.core.db import db
from tests.doors import strict
from tests.factories import local

BOOK = "/book/kochi"
WHO = {"name": "Devi Pillai", "born": "34", "sex": "female", "phone": "98470 55555"}
PHONE = "+919847055555"


class Proved:
    """The outside world, in which some phones have been proved."""

    def __init__(self, *phones):
        self.phones = phones

    def proved(self, phone):
        return phone in self.phones

    def address(self, phone, after):
        return f"/prove?next={after}"


def words(answer):
    return strict.words(strict.page(answer))


def token(*at):
    return f"token@{local(*at).isoformat()}"


def keep(patient, hospital, at):
    return patient.post(hospital.monday, at=at)


def answer(patient, hospital, at, **who):
    """Go all the way to the check of the answers."""
    assert keep(patient, hospital, at).status_code == 303
    assert patient.post(f"{BOOK}/who", **(WHO | who)).status_code == 303
    return patient.get(f"{BOOK}/check")


def chosen(page):
    return re.search(r'name="chosen"\s+value="([^"]+)"', page.text)[1]


def form_of(page):
    return re.search(r'<form[^>]+action="([^"]+)"', page.text)[1].replace("&amp;", "&")


def confirm(patient, page):
    return patient.post(f"{BOOK}/check", chosen=chosen(page))


def bookings(hospital, *states):
    return (
        db.session.query(Appointment)
        .filter(
            Appointment.channel == "online",
            Appointment.status.in_(states or (Status.SCHEDULED,)),
        )
        .all()
    )


def prove(patient, phone, page, *, remember=False):
    """Go to where a page has a phone proved, prove it, and give where that leads."""
    asked = re.search(r'href="(/prove/[^"]+)"', page.text)
    there = asked[1].replace("&amp;", "&") if asked else page.location
    sent = patient.post(form_of(patient.get(there)), phone=phone)
    code = outbox_queries.codes(now=clock.now())[0].code
    kept = {"remember": "1"} if remember else {}
    step = form_of(patient.get(sent.location))
    return patient.post(step, code=code, **kept).location
