"""The brake counts in Redis, and in this process while that is away."""

from uuid import uuid4

import pytest
from flask_limiter import RateLimitExceeded
from limits import parse
from limits.storage import RedisStorage
from msgspec.structs import replace

from app.doors import brakes
from app.doors.lean import Lean
from tests import servers

# Nothing listens there: the port is reserved.
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def key():
    """Name somebody who was not counted before."""
    return uuid4().hex


@pytest.fixture
def alone():
    """Brake for an app that has lost its Redis; for the others again afterwards."""
    had = dict(vars(brakes.limiter))
    app = Lean(__name__)
    settings = servers.start_shared().settings("baari_test_brakes", 15)
    brakes.init_app(app, replace(settings, redis_url=NOWHERE))
    app.add_url_rule("/", "home", lambda: "")
    with app.test_request_context("/"):
        yield
    vars(brakes.limiter).clear()
    vars(brakes.limiter).update(had)


def _counted(key, times):
    for _ in range(times):
        brakes.count("3/minute", key, "test")


def test_who_is_counted_too_often_is_told_for_how_long(app, key):
    with app.test_request_context("/healthz"):
        _counted(key, 3)
        with pytest.raises(RateLimitExceeded) as exceeded:
            _counted(key, 1)
        _counted(f"{key}-another", 1)

    assert exceeded.value.limit.limit.get_expiry() == 60


def test_other_processes_count_with_us(app, key):
    with app.test_request_context("/healthz"):
        _counted(key, 2)

        assert isinstance(brakes.limiter.storage, RedisStorage)
        window = (parse("3/minute"), "baari:signing", key, "test")
        assert brakes.limiter.limiter.get_window_stats(*window).remaining == 1


@pytest.mark.usefixtures("alone")
def test_without_redis_it_is_braked_here(key):
    _counted(key, 3)

    with pytest.raises(RateLimitExceeded):
        _counted(key, 1)


def test_nobody_is_given_a_cookie_who_brought_none(app):
    answer = app.test_client().get("/healthz")

    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
