"""How often a screen that is open asks what others did: as often as was promised."""

import re

import pytest


@pytest.mark.parametrize(
    ("screen", "most"),
    [
        ("web/_calendar.html", 5),
        ("web/_desk.html", 2),
        ("web/_counter.html", 2),
        ("web/_supervise.html", 2),
    ],
)
def test_a_screen_asks_within_its_seconds(app, screen, most):
    written, *_ = app.jinja_loader.get_source(app.jinja_env, screen)

    (seconds,) = re.findall(r'hx-trigger="every (\d+)s', written)
    assert int(seconds) <= most
