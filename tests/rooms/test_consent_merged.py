"""What somebody said of messages follows when two are made one, and goes back."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.accounts.views import EVERYWHERE, Scope
from app.core.actor import SYSTEM
from app.notifications import queries, service
from app.notifications.consenting import Agreement
from app.notifications.kinds import Agreed, Channel, Guardian
from app.notifications.views import ContactView
from app.patients import service as patients
from app.patients.views import NewPatient
from tests import factories as make
from tests.factories import NOW
from tests.rooms import cast as people

LATER = NOW + timedelta(hours=1)
DEVI = "+919847055555"


@pytest.fixture
def cast(session):
    cast = people.assemble()
    return replace(cast, asha=make.patient("Asha", "+919847012345"))


@pytest.fixture
def double(cast):
    return make.patient("Asha N", "+919847099999")


def agree(cast, who, name="Asha", now=NOW):
    said = Agreement(name, "en", Agreed.DESK)
    service.agree(who.public_id, said, Scope(cast.place.id), by=SYSTEM, now=now)


def say(cast, who, **fields):
    scope = Scope(cast.place.id)
    service.set_contact(who.public_id, ContactView(**fields), scope, by=SYSTEM, now=NOW)


def merge(cast, double):
    kept, merged = cast.asha.public_id, double.public_id
    return patients.merge(kept, merged, by=SYSTEM, now=LATER, scope=EVERYWHERE).id


def undo(merged):
    patients.undo_merge(merged, by=SYSTEM, now=LATER, scope=EVERYWHERE)


def given(cast, who):
    scope = Scope(cast.place.id)
    told = queries.consent(who.public_id, scope, by=SYSTEM, now=LATER).given
    return sorted(each.given_by for each in told)


def contact(cast, who):
    return queries.contact(who.public_id, Scope(cast.place.id), by=SYSTEM)


class TestConsents:
    def test_they_follow_and_go_back(self, cast, double):
        agree(cast, double, "Asha N")
        done = merge(cast, double)

        assert given(cast, cast.asha) == ["Asha N"]
        assert contact(cast, cast.asha).agreed_by == "Asha N"
        undo(done)
        assert (given(cast, cast.asha), given(cast, double)) == ([], ["Asha N"])
        assert contact(cast, cast.asha).agreed_by == ""
        assert contact(cast, double).agreed_by == "Asha N"

    def test_what_both_agreed_to_is_kept_of_each(self, cast, double):
        agree(cast, cast.asha)
        agree(cast, double)
        agree(cast, double, "Asha N", LATER)
        done = merge(cast, double)

        assert given(cast, cast.asha) == ["Asha", "Asha N"]
        undo(done)
        assert given(cast, cast.asha) == ["Asha"]
        assert given(cast, double) == ["Asha", "Asha N"]
        agreed = contact(cast, cast.asha)
        assert (agreed.agreed_by, agreed.agreed_at) == ("Asha", NOW)

    def test_what_was_said_since_stays_with_who_said_it(self, cast, double):
        agree(cast, double, "Asha N")
        done = merge(cast, double)
        agree(cast, cast.asha, "Asha", LATER)
        undo(done)

        assert given(cast, cast.asha) == ["Asha"]
        assert contact(cast, cast.asha).agreed_by == "Asha"


class TestContacts:
    def test_who_is_kept_takes_over_what_they_lack_until_they_are_two(
        self, cast, double
    ):
        say(cast, double, channel=Channel.EMAIL, email="asha@example.org")
        done = merge(cast, double)

        both = contact(cast, cast.asha)
        assert (both.channel, both.email) == (Channel.EMAIL, "asha@example.org")
        undo(done)
        alone = contact(cast, cast.asha)
        assert (alone.channel, alone.email) == (Channel.UNDECIDED, "")

    def test_what_they_have_or_chose_since_is_theirs(self, cast, double):
        say(cast, cast.asha, channel=Channel.SMS, email="kept@example.org")
        say(cast, double, channel=Channel.EMAIL, email="asha@example.org")
        done = merge(cast, double)
        say(cast, cast.asha, channel=Channel.EMAIL, email="kept@example.org")
        undo(done)

        alone = contact(cast, cast.asha)
        assert (alone.channel, alone.email) == (Channel.EMAIL, "kept@example.org")

    def test_stops_of_both_hold_until_they_are_two(self, cast, double):
        say(cast, cast.asha, stopped=frozenset({Channel.SMS}))
        say(cast, double, stopped=frozenset({Channel.SMS, Channel.EMAIL}))
        done = merge(cast, double)

        assert contact(cast, cast.asha).stopped == {Channel.SMS, Channel.EMAIL}
        undo(done)
        assert contact(cast, cast.asha).stopped == {Channel.SMS}
        assert contact(cast, double).stopped == {Channel.SMS, Channel.EMAIL}

    def test_nobody_is_left_the_guardian_of_another_child(self, cast, session):
        born = NOW.year - 7
        one, other = (
            patients.register(
                NewPatient(name, birth_year=born), by=SYSTEM, now=NOW, scope=EVERYWHERE
            )
            for name in ("Diya", "Diya N")
        )
        say(
            cast,
            other,
            agreed_by="Devi",
            guardian="Devi",
            guardian_is=Guardian.MOTHER,
            guardian_phone=DEVI,
        )
        done = merge(replace(cast, asha=one), other)

        assert contact(cast, one).guardian_phone == DEVI
        undo(done)
        assert contact(cast, one).guardian_phone is None
        assert contact(cast, other).guardian_phone == DEVI
