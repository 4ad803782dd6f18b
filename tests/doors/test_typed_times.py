"""Times as people type them at a desk."""

from datetime import time

import pytest

from app.core.errors import InputError
from app.web.reading import clock_of


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14:30", time(14, 30)),
        ("1430", time(14, 30)),
        ("930", time(9, 30)),
        ("9.05", time(9, 5)),
        (" 7 ", time(7)),
        ("16", time(16)),
        ("2 pm", time(14)),
        ("2:30PM", time(14, 30)),
        ("11 a.m.", time(11)),
        ("12 am", time(0)),
        ("12pm", time(12)),
    ],
)
def test_are_read(typed, meant):
    assert clock_of(typed, field="time") == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "24",
        "9:5",
        "9:60",
        "25:00",
        "14 pm",
        "0 am",
        "-7",
        "7:30:00",
        "१४:३०",
    ],
)
def test_are_refused_by_their_field(typed):
    with pytest.raises(InputError) as refused:
        clock_of(typed, field="time")

    assert refused.value.field == "time"
