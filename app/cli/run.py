"""baari run: everything Baari needs, under one roof, until Ctrl-C."""

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from app.cli import supervisor
from app.cli.base import Baari
from app.core.embedded import home as homes
from app.core.embedded import process, servers
from app.core.embedded.home import Home
from app.core.embedded.process import Child, Program
from app.core.settings import PROJECT, SettingError, Settings

_READY_WITHIN_S = 60.0
_LEFTOVERS_END_WITHIN_S = 15.0
# A job under way is finished; the longest may take this long before it is dropped.
_JOB_PATIENCE_S = 30.0


@click.command()
@click.pass_obj
def run(baari: Baari) -> None:
    """Run the whole house until Ctrl-C."""
    settings = baari.settings()
    signals = supervisor.Signals()
    with signals.listening():
        try:
            _run(baari, settings, signals)
        except supervisor.Stopped:
            click.echo("Baari has stopped.")


def _run(baari: Baari, settings: Settings, signals: supervisor.Signals) -> None:
    with _alone(settings) as home:
        _require_free_port(settings)
        click.echo(_servers_words(settings))
        with servers.started(settings) as ours:
            complete = servers.with_urls(settings)
            demo, waits = _prepare(baari, complete)
            ours_too = programs(complete, home, outside=waits)
            with _processes(ours_too, signals) as children:
                web = children[0]
                _wait_until_ready(web, settings)
                _welcome(settings, home, demo=demo)
                supervisor.watch([*ours, *children], _complain)


@contextmanager
def _alone(settings: Settings) -> Iterator[Home]:
    """Own this home, and clear away what a killed start of it left running."""
    home = Home(settings.home)
    with homes.owned(home) as ours:
        if not ours:
            raise SettingError(
                "BAARI_HOME",
                f"{home.root} is in use by another Baari (process {homes.owner(home)})",
                "Stop that one, or give this one a BAARI_HOME and a PORT of its own.",
            )
        at_data = {*process.at_work_in(home.postgres), *process.at_work_in(home.redis)}
        left = [pid for pid in process.started_for(home.root) if pid not in at_data]
        # The servers are ended by who starts them: they need more care.
        stubborn = process.end_all(
            left, signal.SIGTERM, patience=_LEFTOVERS_END_WITHIN_S
        )
        process.end_all(stubborn, signal.SIGKILL, patience=_LEFTOVERS_END_WITHIN_S)
        yield home


def _require_free_port(settings: Settings) -> None:
    host, port = settings.host, settings.port
    try:
        kind, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(kind, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError as exc:
        raise SettingError(
            "PORT",
            f"this user may not serve on port {port}",
            "Set a port above 1023, for example PORT=8080.",
        ) from exc
    except socket.gaierror as exc:
        raise SettingError(
            "HOST",
            f"{host!r} is no address of this machine",
            "Leave HOST unset to serve on 127.0.0.1.",
        ) from exc
    except OSError as exc:
        raise SettingError(
            "PORT",
            f"port {port} on {host} cannot be had: {exc.strerror}",
            "Stop what uses it, or set another, for example"
            f" PORT={port + 1 if port < 65535 else 8000}.",
        ) from exc


def _prepare(baari: Baari, settings: Settings) -> tuple[bool, bool]:
    """
    Bring the database to its newest, and fill an empty one for the demo.

    Say whether the people of the demo may sign in: an own hospital has none of them;
    and whether there are jobs that wait for other houses.
    """
    from app.accounts import queries  # noqa: PLC0415 - SQLAlchemy is slow to load
    from app.cli import demo  # noqa: PLC0415 - and every room with it
    from app.core.db import db  # noqa: PLC0415 - and SQLAlchemy with it
    from app.doors import outside  # noqa: PLC0415 - as are these
    from app.doors.migrations import upgrade  # noqa: PLC0415 - Alembic is slow to load

    click.echo("Bringing the database to its newest …")
    app = baari.create_app(settings)
    upgrade(app)
    with app.app_context():
        if settings.demo:
            demo.load_if_empty()
        opens = settings.demo and queries.has_demo()
        # The supervisor needs no connection from here on.
        db.session.remove()
        db.engine.dispose()
    return opens, outside.expected(app)


def programs(settings: Settings, home: Home, *, outside: bool) -> list[Program]:
    """
    Tell what to run, in the order of their start.

    Jobs that wait `outside`, for other houses, have a worker of their own.
    """
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    gunicorn = (
        *("-m", "gunicorn", "--config", "python:app.cli.gunicorn_settings"),
        *("--bind", f"{host}:{settings.port}", "wsgi:create()"),
    )
    environ = {**os.environ, **settings.environ(), "PYTHONUNBUFFERED": "1"}

    def program(
        name: str, *words: str, orphaned: signal.Signals, patience: float
    ) -> Program:
        return Program(
            name=name,
            argv=[sys.executable, *words],
            log=home.logs / f"{name}.log",
            home=home.root,
            environ=environ,
            folder=PROJECT,
            orphaned=orphaned,
            patience=patience,
        )

    quick, slow = signal.SIGTERM, _JOB_PATIENCE_S

    def worker(name: str, only: str) -> Program:
        words = ("-m", "wsgi", "worker", "--only", only)
        return program(name, *words, orphaned=quick, patience=slow)

    return [
        # Orphaned, it has no database any more: it leaves at once, and frees the port.
        program("web", *gunicorn, orphaned=signal.SIGQUIT, patience=15),
        worker("worker", "own"),
        *([worker("outside", "outside")] if outside else ()),
        program("cron", "-m", "wsgi", "cron", orphaned=quick, patience=5),
    ]


@contextmanager
def _processes(
    programs: list[Program], signals: supervisor.Signals
) -> Iterator[list[Child]]:
    children: list[Child] = []
    try:
        children.extend(Child(program) for program in programs)
        yield children
    finally:
        supervisor.stop_all(children, signals)


def _wait_until_ready(web: Child, settings: Settings) -> None:
    give_up = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < give_up and web.status() is None:
        if _is_ready(settings):
            return
        time.sleep(0.1)
    log = web.program.log
    raise SettingError(
        "PORT",
        f"the web server did not come up: {process.last_words(log)[:300]}",
        f"Read {log}.",
    )


def _is_ready(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - where to ask, not to listen
    connection = http.client.HTTPConnection(host, settings.port, timeout=10)
    with suppress(OSError, http.client.HTTPException):
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        finally:
            connection.close()
    return False


def _servers_words(settings: Settings) -> str:
    given = {"PostgreSQL": settings.database_url, "Redis": settings.redis_url}
    missing = [name for name, url in given.items() if url is None]
    if not missing:
        return "Asking the given PostgreSQL and Redis for their versions …"
    return f"Starting {' and '.join(missing)} …"


def _welcome(settings: Settings, home: Home, *, demo: bool) -> None:
    click.echo(f"\nBaari is ready at http://{settings.host}:{settings.port}")
    if demo:
        click.echo("Sign in as admin, reception, doctor or manager; password demo-only")
    click.echo(f"Logs are in {home.logs}. Ctrl-C stops everything.\n")


def _complain(words: str) -> None:
    click.echo(words, err=True)
