"""baari demo: fill an empty installation with the demo hospital."""

import sys

import click
from rich.console import Console
from rich.progress import Progress

from app.cli.base import Baari
from app.core import clock
from app.exchange import demo as hospital
from app.exchange.errors import NotEmptyError

HAS_DATA = 1


@click.group()
def demo() -> None:
    """Fill an empty installation with a demo."""


@demo.command()
@click.pass_obj
def load(baari: Baari) -> None:
    """Load the demo hospital, with a day in progress; all of it or nothing."""
    with baari.app():
        try:
            _load()
        except NotEmptyError as exc:
            click.echo("There are facilities already: nothing was loaded.", err=True)
            raise click.exceptions.Exit(HAS_DATA) from exc
    click.echo("The demo hospital is loaded.")


def load_if_empty() -> None:
    """Load the demo hospital if nothing is there yet; `baari run` calls this."""
    if hospital.is_empty():
        _load()


def _load() -> None:
    console = Console(stderr=True)
    with Progress(console=console, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Loading the demo hospital", total=None)
        hospital.load(
            now=clock.now(),
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
