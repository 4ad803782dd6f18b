"""Show that jobs run: scheduler, queue and worker, from end to end."""

from contextlib import closing

from flask import current_app
from redis import Redis

from app.core import clock
from app.core.settings import Settings
from app.doors.health import BEAT, BEAT_LASTS_S


def beat() -> None:
    """Write down that a job ran just now; it is forgotten when none follows."""
    settings: Settings = current_app.extensions["baari.settings"]
    with closing(Redis.from_url(settings.redis_url or "")) as client:
        client.set(BEAT, clock.now().isoformat(), ex=BEAT_LASTS_S)
