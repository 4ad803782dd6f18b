"""Codes by phone: five tries and no more, few codes, nothing told of whose it is."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError

from app.accounts import proving, service
from app.accounts.errors import CodeError, CodesTooManyError, NoCarrierError
from app.accounts.models import OtpChallenge
from app.accounts.purposes import Purpose
from app.audit.models import AuditEvent
from app.core.db import db
from app.core.errors import DomainError
from tests import factories as make
from tests.factories import NOW
from tests.racing import race

PHONE = "+919847012345"
WARD = "10.0.0.1"
SOON = timedelta(seconds=31)


@pytest.fixture(autouse=True)
def phone(app):
    """Give what was brought to phones, and to which."""
    brought = []
    proving.use(lambda *told: brought.append(told), shown=False)
    yield brought
    proving.use(None, shown=app.extensions["baari.settings"].demo)


def send(phone=PHONE, address=WARD, now=NOW):
    return service.send_code(phone, Purpose.IDENTITY, address=address, now=now)


def prove(challenge, code, now=NOW):
    return service.prove_phone(challenge, code, purpose=Purpose.IDENTITY, now=now)


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def compared(challenge):
    """Count the comparisons: each is a line in the trail, written with it."""
    lines = select(AuditEvent.after).where(
        AuditEvent.action == "code.compared", AuditEvent.object_id == str(challenge)
    )
    return len(db.session.scalars(lines).all())


class TestACode:
    def test_proves_the_phone_it_was_sent_to(self, session, phone):
        challenge = send()

        ((to, code, until, _),) = phone
        assert (to, until) == (PHONE, NOW + timedelta(minutes=5))
        assert prove(challenge, f" {code[:3]} {code[3:]}") == PHONE

    def test_is_kept_nowhere_but_as_a_keyed_digest(self, session, phone, caplog):
        with caplog.at_level("DEBUG"):
            challenge = send()
            code = phone[0][1]
            prove(challenge, code)

        kept = session.scalars(select(OtpChallenge)).one()
        told = [kept.digest, kept.shown, caplog.text]
        told += session.scalars(select(AuditEvent.after)).all()
        assert code not in str(told)

    def test_ends_after_five_minutes_and_is_of_one_use(self, session, phone):
        challenge = send()
        code = phone[0][1]
        with pytest.raises(CodeError):
            prove(challenge, code, NOW + timedelta(minutes=5))
        assert prove(challenge, code) == PHONE
        # A second click is the same use.
        assert prove(challenge, code, NOW + timedelta(seconds=2)) == PHONE
        with pytest.raises(CodeError):
            prove(challenge, code, NOW + SOON)

    def test_the_sixth_try_is_refused_though_it_is_right(self, session, phone):
        challenge = send()
        code = phone[0][1]
        left = []
        for _ in range(5):
            with pytest.raises(CodeError) as refused:
                prove(challenge, wrong(code))
            left.append(refused.value.params["left"])

        with pytest.raises(CodeError):
            prove(challenge, code)

        assert left == [4, 3, 2, 1, 0]
        assert compared(challenge) == 5

    def test_is_refused_where_nobody_brings_it(self, session):
        proving.use(None, shown=False)
        with pytest.raises(NoCarrierError):
            send()

    def test_whose_phone_it_is_is_not_even_asked(self, session, engine):
        make.patient("Asha", PHONE)
        sent = []

        def note(_connection, _cursor, statement, *_):
            sent.append(statement)

        def steps(phone):
            sent.clear()
            send(phone)
            return [each for each in sent if "SAVEPOINT" not in each]

        event.listen(engine, "before_cursor_execute", note)
        try:
            known, unknown = steps(PHONE), steps("+919847099999")
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert known == unknown
        assert "patients" not in " ".join(known)

    def test_old_ones_are_forgotten(self, session):
        send()
        assert service.forget_codes(now=NOW + timedelta(hours=23)) == 0
        assert service.forget_codes(now=NOW + timedelta(days=2)) == 1

    def test_the_database_counts_no_sixth(self, session):
        send()
        with pytest.raises(IntegrityError, match="ck_otp_challenges_attempts"):
            session.execute(text("UPDATE otp_challenges SET attempts = 6"))


class TestLimits:
    def test_a_phone_rests_between_codes_and_has_five_an_hour(self, session):
        send()
        with pytest.raises(CodesTooManyError) as refused:
            send(address="10.0.0.2", now=NOW + timedelta(seconds=10))
        assert refused.value.params["seconds"] == 21
        for n in range(1, 5):
            send(now=NOW + n * SOON)

        with pytest.raises(CodesTooManyError):
            send(now=NOW + 5 * SOON)
        assert send(now=NOW + timedelta(hours=2))

    def test_an_address_is_wide_but_not_without_end(self, session, monkeypatch):
        monkeypatch.setattr(proving, "PER_ADDRESS", 3)
        for n in range(3):
            send(f"+91984700000{n}")

        with pytest.raises(CodesTooManyError):
            send("+919847000009")
        assert send("+919847000009", address="10.0.0.2")


@pytest.mark.usefixtures("hospital")
class TestRivals:
    def test_of_a_thousand_guesses_at_once_five_are_compared(self, app, phone):
        challenge = send("+919847012301")
        code = phone[0][1]
        others = [c for c in range(10**6) if f"{c:06}" != code]
        guesses = [f"{c:06}" for c in random.Random(5).sample(others, 1000)]

        def guess(said):
            with app.app_context():
                try:
                    return prove(challenge, said)
                except DomainError as refused:
                    return refused.code

        with ThreadPoolExecutor(16) as pool:
            told = list(pool.map(guess, guesses))

        assert set(told) == {"code"}
        assert compared(challenge) == 5
        with pytest.raises(CodeError):
            prove(challenge, code)

    def test_of_many_who_ask_at_once_for_one_phone_one_is_sent(self, app, phone):
        sends = [lambda: send("+919847012302")] * 8

        told = race(app, sends)

        assert told.count("codes_too_many") == 7
        assert len(phone) == 1
