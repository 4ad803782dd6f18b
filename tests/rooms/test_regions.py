"""A phone without its country's code is one of the facility's country."""

import pytest

from app.accounts.views import Scope
from app.core.errors import InputError
from app.core.regions import region_of
from app.directory import service as directory
from app.directory.service import NewFacility
from app.patients import phones, queries, service
from app.patients.views import NewPatient
from tests import factories as make
from tests.factories import NOW, SYSTEM


@pytest.mark.parametrize(
    ("zone", "region"),
    [
        ("Asia/Kolkata", "IN"),
        ("Europe/London", "GB"),
        ("America/New_York", "US"),
        ("UTC", ""),
    ],
)
def test_a_facility_lies_in_the_country_of_its_zone(session, zone, region):
    assert make.facility(zone=zone).region == region == region_of(zone)


def test_a_facility_may_say_otherwise(session):
    order = NewFacility("dubai", "Dubai", "UTC", region="AE")

    assert directory.add_facility(order, by=SYSTEM, now=NOW).region == "AE"
    with pytest.raises(InputError):
        directory.add_facility(
            NewFacility("x", "X", "UTC", region="Dubai"), by=SYSTEM, now=NOW
        )


@pytest.mark.parametrize(
    ("written", "region", "kept"),
    [
        ("9847012345", "IN", "+919847012345"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("+91 98470 12345", "GB", "+919847012345"),
        ("+44 20 7946 0958", "", "+442079460958"),
    ],
)
def test_a_phone_is_read_as_its_country_writes_it(written, region, kept):
    assert phones.e164(written, region=region) == kept


def test_without_a_country_a_phone_has_its_code():
    with pytest.raises(InputError):
        phones.e164("020 7946 0958", region="")


def test_a_patient_is_registered_and_found_as_the_facility_dials(session):
    leeds = make.facility(zone="Europe/London")
    order = NewPatient("Ann", "020 7946 0958", region=leeds.region)

    made = service.register(order, by=SYSTEM, now=NOW, scope=Scope(leeds.id))
    found = queries.search(
        "02079460958", by=SYSTEM, scope=Scope(leeds.id), region=leeds.region
    )

    assert made.phone == "+442079460958"
    assert [each.public_id for each in found] == [made.public_id]
