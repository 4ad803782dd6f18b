"""The group of all commands, each imported only when it is asked for."""

import importlib
import os
from collections.abc import Callable, Mapping

import click
from flask import Flask

from app.cli.commands import COMMANDS, Entry
from app.core.settings import Settings
from app.doors.shell import Baari

__all__ = ["Baari", "Commands", "main"]


class Commands(click.Group):
    """A group that imports a command only when it is asked for."""

    known: Mapping[str, Entry] = COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.known:
            return None
        module, _, name = self.known[cmd_name].target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, entry.help) for name, entry in self.known.items()]
            )


@click.command(cls=Commands)
def baari() -> None:
    """Hospital scheduling: never two people in one place, through any door."""


def main(
    create_app: Callable[[Settings], Flask], above: Mapping[str, Entry] | None = None
) -> None:
    """Run the command that the shell asks for; `above` are commands of higher doors."""
    baari.known = COMMANDS | dict(above or {})
    baari.main(obj=Baari(create_app, os.environ), prog_name="baari")
