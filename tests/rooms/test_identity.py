"""Who comes under a phone: families, numbers of others, browsers that are known."""

from datetime import timedelta

import pytest

from app.core.actor import SYSTEM
from app.core.errors import InputError, NotFoundError
from app.patients import abha, device_queries, queries, service
from app.patients.errors import IdentifierTakenError, MergeError
from app.patients.views import NewPatient
from tests import factories as make
from tests.factories import EVERYWHERE, NOW
from tests.racing import race
from tests.rooms.acts_identity import ABHA, PHONE

ALL = {"by": SYSTEM, "now": NOW, "scope": EVERYWHERE}
OTHER = "91-2345-6789-0209"


class Registry:
    """Somebody who gives the numbers, and knows one."""

    def verified(self, number, *, name, birth_year):
        return (number, name) == (abha.read(ABHA), "Asha")


@pytest.fixture
def registry():
    abha.use(Registry())
    yield
    abha.use(abha.ChecksumOnly())


def identify(patient, number=ABHA):
    return service.identify(patient.public_id, number, **ALL)


class TestAbha:
    def test_is_read_as_people_write_it_and_shown_as_on_cards(self):
        assert abha.read(" 9123 4567-890124") == "91234567890124"
        assert abha.shown(abha.read(ABHA)) == ABHA

    @pytest.mark.parametrize("place", range(14))
    def test_no_digit_may_be_another_nor_change_places(self, place):
        right = abha.read(ABHA)
        digits = list(right)
        digits[place] = str((int(digits[place]) + 1) % 10)
        with pytest.raises(InputError):
            abha.read("".join(digits))
        swapped = list(right)
        swapped[place - 1], swapped[place] = swapped[place], swapped[place - 1]
        if place > 0 and swapped != list(right):
            with pytest.raises(InputError):
                abha.read("".join(swapped))

    @pytest.mark.parametrize("written", ["", "1234", "a" * 14, "९" * 14, "0" * 15])
    def test_is_fourteen_digits(self, written):
        with pytest.raises(InputError):
            abha.read(written)

    def test_is_one_persons_alone_and_each_has_one(self, session):
        asha, ravi = make.patient("Asha"), make.patient("Ravi")
        identify(asha)
        identify(asha)
        with pytest.raises(IdentifierTakenError):
            identify(ravi)
        with pytest.raises(IdentifierTakenError):
            identify(asha, right(OTHER))

    def test_is_verified_by_who_gives_them_and_by_nobody_else(self, session, registry):
        assert identify(make.patient("Asha"))
        abha.use(abha.ChecksumOnly())
        assert not identify(make.patient("Ravi"), right(OTHER))

    def test_two_numbers_are_two_people_and_one_follows_a_merge(self, session):
        asha, again, ravi = (make.patient(name) for name in ("Asha", "Asha", "Ravi"))
        identify(again)
        service.merge(asha.public_id, again.public_id, **ALL)
        with pytest.raises(IdentifierTakenError):
            identify(ravi)
        assert identify(asha) is False
        identify(ravi, right(OTHER))
        with pytest.raises(MergeError):
            service.merge(asha.public_id, ravi.public_id, **ALL)


def right(written):
    """Give the number with the last digit that makes it right."""
    for last in range(10):
        try:
            return abha.read(f"{written[:-1]}{last}")
        except InputError:
            continue
    raise AssertionError(written)


class TestDevices:
    def test_a_browser_is_known_until_its_time_is_over_or_it_is_revoked(self, session):
        secret = service.remember(PHONE, "Android", by=SYSTEM, now=NOW)
        assert device_queries.known(secret, now=NOW).phone == PHONE
        assert device_queries.known(secret, now=NOW + timedelta(days=90)) is None
        assert device_queries.known("x" * 1000, now=NOW) is None
        (seen,) = device_queries.devices(PHONE, by=SYSTEM, now=NOW)
        with pytest.raises(NotFoundError):
            service.revoke_device(seen.id, "+919847099999", by=SYSTEM, now=NOW)

        for _ in range(2):
            service.revoke_device(seen.id, PHONE, by=SYSTEM, now=NOW)

        assert device_queries.known(secret, now=NOW) is None
        assert service.forget_devices(now=NOW + timedelta(days=91)) == 1


@pytest.mark.usefixtures("hospital")
def test_many_clicks_at_once_register_one_person(app):
    diya = NewPatient("Diya", phone="+919847055501", birth_year=2019)

    told = race(app, [lambda: service.join(diya, **ALL).public_id] * 6)

    assert len(set(told)) == 1
    family = queries.family("+919847055501", by=SYSTEM, scope=EVERYWHERE)
    assert [each.public_id for each in family] == [told[0]]
