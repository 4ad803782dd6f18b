"""Have PostgreSQL and Redis, embedded or given, for as long as they are needed."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from msgspec.structs import replace

from app.core import external
from app.core.embedded import home as homes
from app.core.embedded import postgres, redis
from app.core.embedded.home import Home
from app.core.embedded.process import Child
from app.core.settings import SettingError, Settings

_OWNER_READY_WITHIN = 120.0


def with_urls(settings: Settings) -> Settings:
    """Fill in where the embedded servers of this home are, for the URLs not given."""
    home = Home(settings.home)
    return replace(
        settings,
        database_url=settings.database_url or postgres.url(home),
        redis_url=settings.redis_url or redis.url(home),
    )


def prepared_after(settings: Settings) -> int | None:
    """
    Tell after how many uses a connection lets its server keep a statement's plan.

    None, never, for a server that was given: behind a pooler in transaction mode each
    transaction has another connection, which knows nothing of what the one before did.
    """
    return 5 if is_near(settings) else None


def is_near(settings: Settings) -> bool:
    """Tell whether the database is the embedded one, on this machine."""
    url = with_urls(settings).database_url
    return url is not None and postgres.is_at(Home(settings.home), url)


@contextmanager
def running(settings: Settings) -> Iterator[Settings]:
    """
    Yield the settings with both URLs, and servers that answer there.

    Servers another `baari` runs under this home are used; what is missing is started
    and stopped again at the end, when nobody else uses it.

    :raises SettingError: if a server cannot be had
    """
    complete = with_urls(settings)
    if complete == settings:
        external.check(settings)
        yield settings
        return
    home = Home(settings.home)
    visit = homes.Visit(home)
    try:
        with homes.owned(home) as ours:
            if ours:
                with started(settings):
                    yield complete
                    # Another command may have joined us since; it finishes first.
                    visit.outstay()
                return
        _wait_for_owner(settings, home)
        yield complete
    finally:
        visit.leave()


@contextmanager
def started(
    settings: Settings, options: Mapping[str, str] | None = None
) -> Iterator[list[Child]]:
    """
    Start what is not given and check what is; yield the servers that are ours.

    The caller owns the home. `options` are settings of the embedded PostgreSQL.
    """
    home = Home(settings.home)
    external.check(settings)
    children: list[Child] = []
    with ExitStack() as stack:
        stack.callback(home.forget_sockets)
        if settings.database_url is None:
            children.append(postgres.start(home, options or {}))
            stack.callback(children[-1].stop)
        if settings.redis_url is None:
            children.append(redis.start(home))
            stack.callback(children[-1].stop)
        yield children


def _wait_for_owner(settings: Settings, home: Home) -> None:
    give_up = time.monotonic() + _OWNER_READY_WITHIN
    while time.monotonic() < give_up:
        has_postgres = settings.database_url is not None or postgres.answers(home)
        if has_postgres and (settings.redis_url is not None or redis.answers(home)):
            external.check(settings)
            return
        time.sleep(0.1)
    raise SettingError(
        "BAARI_HOME",
        f"{home.root} is in use by process {homes.owner(home)},"
        " whose servers do not answer",
        "Stop that process, or set BAARI_HOME to another folder.",
    )
