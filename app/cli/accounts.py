"""baari user, baari token: staff, and bearer tokens of the JSON door."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import click

from app.accounts import queries, service
from app.accounts.permissions import Role
from app.accounts.service import MAX_PASSWORD, NewUser
from app.accounts.views import ALL
from app.cli.base import Baari
from app.core import clock
from app.core.actor import Actor, ActorKind
from app.core.db import transaction
from app.core.errors import DomainError
from app.doors.words import say

MAX_DAYS = 3650


def shell() -> Actor:
    """Name whoever sits at the shell: the machine's own user, as the trail keeps it."""
    name = getpass.getuser()
    return Actor(
        kind=ActorKind.SYSTEM, name=f"Shell ({name})", reference=f"shell:{name}"
    )


@click.group()
def user() -> None:
    """Add a member of staff."""


@user.command("add")
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option(
    "--role",
    type=click.Choice([each.value for each in Role]),
    help="A role everywhere.",
)
@click.pass_obj
def add(baari: Baari, username: str, name: str, role: str | None) -> None:
    """Add USERNAME; the password is asked for, or read from a pipe."""
    password = _password()
    with baari.app(), _refusals(), transaction():
        now, by = clock.now(), shell()
        order = NewUser(username=username, name=name, password=password)
        made = service.add_user(order, by=by, now=now)
        if role is not None:
            service.give_role(made.username, Role(role), ALL, by=by, now=now)
    click.echo(f"{made.username} is added{f' as {role}' if role else ''}.")


@click.group()
def token() -> None:
    """Make and end bearer tokens of the JSON door."""


@token.command("create")
@click.option("--user", "username", required=True, help="Whose rights it brings.")
@click.option("--name", required=True, help="What it is for.")
@click.option("--days", type=click.IntRange(1, MAX_DAYS), help="How long it is good.")
@click.pass_obj
def create(baari: Baari, username: str, name: str, days: int | None) -> None:
    """Make a bearer token and print it, this one time."""
    with baari.app(), _refusals():
        now = clock.now()
        expires_at = now + timedelta(days=days) if days else None
        secret = service.make_token(
            username, name, by=shell(), now=now, expires_at=expires_at
        )
        newest = queries.tokens(username, by=shell())[0]
    click.echo(secret)
    until = f"{expires_at:%Y-%m-%d %H:%M} UTC" if expires_at else "it is revoked"
    click.echo(
        f"It acts as {username} until {until}, and is not shown again."
        f" End it with: baari token revoke {newest.id}",
        err=True,
    )


@token.command("list")
@click.option("--user", "username", required=True, help="Whose tokens.")
@click.pass_obj
def listed(baari: Baari, username: str) -> None:
    """List the tokens of a user: id, name, and until when they are good."""
    with baari.app(), _refusals():
        for each in queries.tokens(username, by=shell()):
            ended = each.revoked_at or each.expires_at
            word = "ended" if each.revoked_at else "until"
            told = f"{word} {ended:%Y-%m-%d %H:%M} UTC" if ended else "for good"
            click.echo(f"{each.id}  {told}  {each.name}")


@token.command("revoke")
@click.argument("token_id", metavar="ID", type=click.UUID)
@click.pass_obj
def revoke(baari: Baari, token_id: UUID) -> None:
    """End the token of that ID at once."""
    with baari.app(), _refusals():
        service.revoke_token(token_id, by=shell(), now=clock.now())
    click.echo(f"The token {token_id} is ended.")


def _password() -> str:
    """Ask for a password without showing it; from a pipe, read its first line."""
    if sys.stdin.isatty():
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return asked
    return sys.stdin.readline(MAX_PASSWORD + 2).rstrip("\r\n")


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except DomainError as exc:
        field = f"{exc.field}: " if exc.field else ""
        raise click.UsageError(f"{field}{say(exc)}") from exc
