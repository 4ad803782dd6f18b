"""baari migrate: for whoever deploys by hand; `baari run` does it by itself."""

import click

from app.cli.base import Baari


@click.command()
@click.pass_obj
def migrate(baari: Baari) -> None:
    """Bring the database to its newest migration."""
    with baari.app():
        click.echo("The database is at its newest migration.")
