"""What a command of any door stands on: an app, on servers that run."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from flask import Flask
from msgspec import Struct

from app.core import context
from app.core.embedded import servers
from app.core.settings import Settings


class Baari(Struct, frozen=True):
    """
    What `@click.pass_obj` gives a command: how to come to an app.

    The composition root hands in `create_app`; a door may not import it.
    """

    create_app: Callable[[Settings], Flask]
    environ: Mapping[str, str]

    def settings(self) -> Settings:
        return Settings.from_environ(self.environ)

    @contextmanager
    def app(self) -> Iterator[Flask]:
        """
        Enter an app context on servers that run and a database at its newest.

        :raises SettingError: if a setting is wrong or a server cannot be had
        """
        from app.doors.migrations import upgrade  # noqa: PLC0415 - Alembic is slow to load

        with servers.running(self.settings()) as settings:
            app = self.create_app(settings)
            upgrade(app)
            with app.app_context():
                context.begin()
                yield app
