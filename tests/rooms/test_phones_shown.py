"""Phones as people of a region write them."""

import pytest

from app.patients import phones


@pytest.mark.parametrize(
    ("number", "region", "written"),
    [
        ("+919847012345", "IN", "98470 12345"),
        ("+919847012345", "AE", "+91 98470 12345"),
        ("+919847012345", "", "+91 98470 12345"),
        ("+971501234567", "AE", "050 123 4567"),
        ("+971501234567", "IN", "+971 50 123 4567"),
        ("of old, 12", "IN", "of old, 12"),
        ("", "IN", ""),
    ],
)
def test_ones_own_stand_without_a_country(number, region, written):
    assert phones.shown(number, region=region) == written
