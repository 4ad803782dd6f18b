"""What runs by itself, and when: one line a job."""

from collections.abc import Callable

from msgspec import Struct

from app.jobs import (
    beat,
    cascades,
    conflicts,
    messages,
    prune,
    queues,
    reminders,
    sweep,
)
from app.jobs.names import QUEUE


class Periodic(Struct, frozen=True):
    """
    A job that comes round: at `cron` (server time), or `every` so many seconds.

    A job is one act, safe to run twice: after a crash it may. What waits for other
    houses is in the `queue` of such jobs.
    """

    act: Callable[[], None]
    cron: str | None = None
    every: int | None = None
    limit_s: int = 300
    queue: str = QUEUE


PERIODIC = {
    "beat": Periodic(beat.beat, every=60, limit_s=30),
    "sweep": Periodic(sweep.sweep, every=60, limit_s=50),
    "messages": Periodic(messages.send, every=60),
    cascades.JOB: Periodic(cascades.go_on, every=60),
    "reminders": Periodic(reminders.remind, every=900),
    "no_shows": Periodic(queues.sweep, every=300),
    "close_days": Periodic(queues.close, cron="40 * * * *"),
    "prune": Periodic(prune.prune, cron="15 3 * * *"),
    "conflicts": Periodic(conflicts.look, cron="30 3 * * *"),
}


def add(name: str, job: Periodic) -> None:
    """Let a door that stands on the app bring a job of its own; at composition."""
    PERIODIC[name] = job
