"""baari import: bring a hospital, or its patients, in from a file."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from app.accounts import queries as accounts
from app.accounts.views import UserView
from app.cli import import_words
from app.cli.base import Baari
from app.core import clock
from app.core.errors import DomainError
from app.exchange import service
from app.exchange.errors import BadFileError
from app.exchange.service import MAX_BYTES, NewImport, Report

BAD_LINES = 1


@click.command("import")
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--by", "username", help="Act as this user; else as the only admin.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="Book as at this moment of the past (UTC); for admins.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.pass_obj
def bring_in(
    baari: Baari,
    path: Path,
    username: str | None,
    as_of: datetime | None,
    *,
    dry_run: bool,
) -> None:
    """
    Bring in all that FILE holds, or nothing of it.

    FILE is a hospital (.yaml) or a list of patients (.csv); docs/import.md describes
    both. What is there already with the same values is left as it is.
    """
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    moment = as_of.replace(tzinfo=UTC) if as_of else None
    order = NewImport(path.name, data, as_of=moment, rehearse=dry_run)
    with baari.app():
        user = _actor(username)
        with _refusals(path), _bar(f"Importing {path.name}") as progress:
            report = service.bring_in(
                order, by=user.actor, now=clock.now(), progress=progress
            )
    _tell(report, path, user, dry_run=dry_run)


def _actor(username: str | None) -> UserView:
    """Find who acts: whoever is named, or the only admin there is."""
    if username is not None:
        user = accounts.by_username(username)
        if user is None:
            raise click.BadParameter(
                f"there is no user {username!r}.", param_hint="--by"
            )
        return user
    admins = accounts.admins()
    if len(admins) == 1:
        return admins[0]
    names = ", ".join(each.username for each in admins)
    known = f"one of {names}" if names else "a user made by `baari user add`"
    raise click.UsageError(f"Say as whom: --by {known}.")


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Tell every bad line and leave with status 1; any other refusal is status 2."""
    try:
        yield
    except BadFileError as exc:
        for problem in exc.problems:
            click.echo(import_words.tell(problem, str(path)), err=True)
        count = len(exc.problems)
        lines = "1 problem" if count == 1 else f"{count} problems"
        click.echo(f"{lines}; nothing of {path.name} was imported.", err=True)
        raise click.exceptions.Exit(BAD_LINES) from exc
    except DomainError as exc:
        raise click.UsageError(import_words.reason(exc, import_words.UTC)) from exc


@contextmanager
def _bar(title: str) -> Iterator[service.Progress]:
    """Draw a progress bar where somebody looks."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _tell(report: Report, path: Path, user: UserView, *, dry_run: bool) -> None:
    for section, counts in report.counts.items():
        told = ", ".join(f"{number} {done.value}" for done, number in counts.items())
        click.echo(f"  {section}: {told}")
    done = "would be imported" if dry_run else "is imported"
    click.echo(f"{path.name} {done} as {user.username}.")
