"""A thousand wrong codes at the page that takes them, as it is served, brakes too."""

import html
import http.client
import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from app.accounts import proving as codes
from app.accounts import service as accounts
from app.accounts.errors import CodeError
from app.accounts.models import OtpChallenge
from app.accounts.purposes import Purpose
from app.audit.models import AuditEvent
from app.core.db import db
from app.doors import brakes
from app.public import proving
from tests import servers
from tests.served import served
from wsgi import create_app

GUESSES, AT_ONCE = 1000, 16
MOST = int(proving.PER_ADDRESS.split()[0])
PHONE = "+919847066666"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

pytestmark = [pytest.mark.timeout(120)]


@pytest.fixture
def house(app, worker):
    """Serve a house whose codes go to phones that we can read; counted from zero."""
    settings = servers.start_shared().settings(f"baari_guesses_{worker}", 8 + worker)
    its = create_app(settings)
    brought = []
    codes.use(lambda *told: brought.append(told), shown=False)
    brakes.limiter.reset()
    with its.test_request_context("/"):
        asks = proving.address("/v/", None)
    with served(its) as port:
        yield SimpleNamespace(app=its, port=port, asks=asks, brought=brought)
    brakes.limiter.reset()
    codes.use(None, shown=app.extensions["baari.settings"].demo)
    with its.app_context():
        db.engine.dispose()


def ask(house, method, path, body=None, **headers):
    """Ask on a line of its own; give the status, the page and the cookies."""
    line = http.client.HTTPConnection("127.0.0.1", house.port, timeout=30)
    with closing(line):
        line.request(method, path, body and urlencode(body), FORM | headers)
        answer = line.getresponse()
        page = answer.read().decode()
        kept = answer.msg.get_all("Set-Cookie") or []
        there = answer.headers.get("Location", "")
    cookie = "; ".join(each.partition(";")[0] for each in kept)
    return SimpleNamespace(
        status=answer.status, page=page, cookie=cookie, location=there
    )


def form(page):
    """Give where a page sends what is typed, and what it sends along."""
    there = re.search(r'<form[^>]+action="([^"]+)"', page)[1]
    hidden = re.findall(r'type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page)
    return html.unescape(there), dict(hidden)


@pytest.fixture
def guess(house):
    """Have a code sent; give what says a number back as that browser does."""
    shown = ask(house, "GET", house.asks)
    path, hidden = form(shown.page)
    typed = hidden | {"phone": PHONE}
    sent = ask(house, "POST", path, typed, Cookie=shown.cookie)
    assert sent.status == 303, sent.page
    asked = ask(house, "GET", sent.location, Cookie=sent.cookie)
    there, hidden = form(asked.page)

    def say(code, **headers):
        body = hidden | {"code": code}
        return ask(house, "POST", there, body, Cookie=sent.cookie, **headers).status

    return say


def test_of_a_thousand_guesses_five_are_compared_and_most_are_braked(house, guess):
    ((_, code, *_),) = house.brought
    others = [c for c in range(10**6) if f"{c:06}" != code]
    said = [f"{c:06}" for c in random.Random(6).sample(others, GUESSES)]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = Counter(pool.map(guess, said))

    assert told.keys() == {422, 429}
    # Counted when they are answered: those on their way at that moment come through.
    assert MOST <= told[422] <= MOST + AT_ONCE
    # Neither the right code nor another name for where it comes from helps any more.
    assert guess(code) == 429
    assert guess(code, **{"X-Forwarded-For": "203.0.113.9"}) == 429
    with house.app.app_context():
        compared = select(func.count()).where(AuditEvent.action == "code.compared")
        assert db.session.scalar(compared) == codes.MOST_TRIES
        challenge = db.session.scalars(select(OtpChallenge.public_id)).one()
        with pytest.raises(CodeError):
            accounts.prove_phone(
                challenge, code, purpose=Purpose.IDENTITY, now=datetime.now(UTC)
            )
        db.session.remove()
