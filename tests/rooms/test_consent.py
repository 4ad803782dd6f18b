"""Who agreed to messages: the patient, or a minor's guardian, who is told instead."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.accounts.views import EVERYWHERE, Scope
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.errors import InputError
from app.notifications import channels, consenting, queries, sending, service
from app.notifications.consenting import NOTICE, Agreement
from app.notifications.kinds import Agreed, Channel, Guardian
from app.notifications.views import ContactView
from app.patients import service as patients
from app.patients.views import NewPatient
from tests import factories as make
from tests import gateways
from tests.factories import NOW

DEVI, DIYA = "+919847000002", "+919847000003"
YEARS = timedelta(days=366)


@pytest.fixture
def child(cast):
    """Give somebody who is of age in a year."""
    order = NewPatient(name="Diya", phone=DIYA, birth_year=NOW.year - 17)
    return patients.register(order, by=SYSTEM, now=NOW, scope=EVERYWHERE)


def agree(cast, who, now=NOW, **fields):
    told = {"given_by": who.name, "language": "ml", "how": Agreed.ONLINE} | fields
    scope = Scope(cast.place.id)
    service.agree(who.public_id, Agreement(**told), scope, by=SYSTEM, now=now)


def by_guardian(cast, child, now=NOW):
    agree(cast, child, now, given_by="Devi", given_as=Guardian.MOTHER, phone=DEVI)


def standing(cast, who, now=NOW):
    scope = Scope(cast.place.id)
    return queries.consent(who.public_id, scope, by=SYSTEM, now=now)


def set_contact(cast, who, now=NOW, **fields):
    wanted, scope = ContactView(**fields), Scope(cast.place.id)
    return service.set_contact(who.public_id, wanted, scope, by=SYSTEM, now=now)


def test_who_agreed_when_how_and_to_which_notice_is_kept_once(cast):
    assert standing(cast, cast.asha).due
    for _ in range(2):
        agree(cast, cast.asha)

    (kept,) = standing(cast, cast.asha).given
    assert (kept.given_by, kept.version, kept.how) == (
        cast.asha.name,
        NOTICE,
        Agreed.ONLINE,
    )
    assert (kept.language, kept.given_at) == ("ml", NOW)
    assert not standing(cast, cast.asha).due


def test_another_notice_is_asked_about_anew(cast, monkeypatch):
    agree(cast, cast.asha)
    monkeypatch.setattr(consenting, "NOTICE", "2027-01")
    assert standing(cast, cast.asha).due

    set_contact(cast, cast.asha, agreed_by=cast.asha.name)
    assert standing(cast, cast.asha).due
    set_contact(cast, cast.asha, agreed_by=cast.asha.name, agreed_at=NOW)

    assert not standing(cast, cast.asha).due
    assert len(standing(cast, cast.asha).given) == 2


class TestMinors:
    def test_their_guardian_agrees_and_nobody_else(self, cast, child):
        with pytest.raises(InputError) as told:
            agree(cast, child)
        assert told.value.field == "guardian"
        with pytest.raises(InputError):
            set_contact(cast, child, agreed_by="Diya")
        with pytest.raises(InputError):
            agree(cast, cast.asha, given_as=Guardian.FATHER)

        by_guardian(cast, child)

        assert standing(cast, child).given[0].given_as is Guardian.MOTHER

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"guardian": "Devi"}, "guardian_is"),
            (
                {"guardian": "Devi", "guardian_is": Guardian.MOTHER},
                "guardian_phone",
            ),
            ({"guardian_phone": DEVI}, "guardian"),
            (
                {
                    "guardian": "Devi",
                    "guardian_is": Guardian.MOTHER,
                    "guardian_phone": "12",
                },
                "guardian_phone",
            ),
        ],
    )
    def test_a_guardian_is_told_whole(self, cast, child, fields, field):
        with pytest.raises(InputError) as told:
            set_contact(cast, child, agreed_by=fields.get("guardian", ""), **fields)

        assert told.value.field == field

    def test_the_guardian_is_told_until_they_are_of_age(self, app, cast, child):
        settings = app.extensions["baari.settings"]
        by_guardian(cast, child)
        later = NOW + YEARS
        with gateways.http() as (url, sink):
            channels.use(replace(settings, sms=url))
            order = make.timed_order(
                cast.place, cast.rao, cast.visit, child, make.local(15)
            )
            told = booking.book_timed(order, by=SYSTEM, now=NOW)
            sending.send_one(now=NOW)
            booking.cancel(told.id, "Ill", by=SYSTEM, now=later)
            sending.send_one(now=later)
            channels.use(settings)

        assert [letter["to"] for letter in sink.letters] == [DEVI, DIYA]

    def test_who_comes_of_age_is_asked_themselves(self, cast, child):
        by_guardian(cast, child)
        assert not standing(cast, child).due

        later = NOW + YEARS
        assert standing(cast, child, later).of_age
        assert standing(cast, child, later).due
        agree(cast, child, later)
        assert not standing(cast, child, later).due

    def test_a_reply_of_the_guardian_speaks_for_the_child(self, cast, child):
        by_guardian(cast, child)
        service.reply(DEVI, Channel.SMS, "STOP", now=NOW)

        scope = Scope(cast.place.id)
        found = queries.contact(child.public_id, scope, by=SYSTEM)
        assert (found.stopped, found.stopped_at) == ({Channel.SMS}, NOW)
