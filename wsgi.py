"""The composition root: every process of Baari starts here."""

import gc
import logging.config
import os
import sys

from flask import Flask

from app.core import logs
from app.core.embedded import servers
from app.core.settings import SettingError, Settings


def create_app(settings: Settings) -> Flask:
    """Put the doors on the app and tell rooms who listens to whom."""
    # Most of what is made now stays: to look through all of it for garbage takes a
    # fifth of the start, and never to look leaves a megabyte of what does not stay.
    usual = gc.get_threshold()
    gc.set_threshold(20_000, 20, 100)
    try:
        return _composed(settings)
    finally:
        gc.set_threshold(*usual)


def _composed(settings: Settings) -> Flask:
    # Here and not above: `baari --help` needs none of it.
    import beckn  # noqa: PLC0415
    from app import factory  # noqa: PLC0415
    from app.booking import conflicts, rebooking, ringing, telling  # noqa: PLC0415

    app = factory.create_app(settings)
    conflicts.listen()
    telling.listen()
    ringing.listen()
    rebooking.listen()
    beckn.init_app(app)
    return app


def create() -> Flask:
    """Make the app for a WSGI server, as in `gunicorn 'wsgi:create()'`."""
    logging.config.dictConfig(logs.CONFIG)
    return create_app(servers.with_urls(Settings.from_environ(os.environ)))


def command() -> None:
    """Run `baari`. A wrong setting is one line and exit status 2, never a traceback."""
    # The web process needs no commands.
    from app.cli.base import main  # noqa: PLC0415
    from app.cli.commands import Entry  # noqa: PLC0415

    above = {"beckn": Entry("beckn.shell:beckn", "Take part in a Beckn network.")}
    try:
        main(create_app, above)
    except SettingError as exc:
        sys.exit(_tell(exc))


def _tell(error: SettingError) -> int:
    print(f"baari: {error}", file=sys.stderr)  # noqa: T201 - the shell's own words
    return 2


if __name__ == "__main__":
    command()
