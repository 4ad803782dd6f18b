"""What every command stands on: the lazy group, and an app on running servers."""

import importlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import click
from flask import Flask

from app.cli.commands import COMMANDS
from app.core import context
from app.core.embedded import servers
from app.core.settings import Settings


@dataclass(frozen=True)
class Baari:
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
        from app.cli.migrate import upgrade  # noqa: PLC0415 - Alembic is slow to load

        with servers.running(self.settings()) as settings:
            app = self.create_app(settings)
            upgrade(app)
            with app.app_context():
                context.begin()
                yield app


class Commands(click.Group):
    """A group that imports a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


@click.command(cls=Commands)
def baari() -> None:
    """Hospital scheduling: never two people in one place, through any door."""


def main(create_app: Callable[[Settings], Flask]) -> None:
    """Run the command that the shell asks for."""
    baari.main(obj=Baari(create_app, os.environ), prog_name="baari")
