"""baari worker and baari cron: the processes of time, started by `baari run`."""

import logging.config

import click

from app.core import logs
from app.core.embedded import servers
from app.doors.shell import Baari
from app.jobs.names import OUTSIDE, QUEUE
from app.jobs.worker import keep_time, work

_QUEUES = {"own": (QUEUE,), "outside": (OUTSIDE,)}


@click.command()
@click.option(
    "--only",
    type=click.Choice(tuple(_QUEUES)),
    help="The hospital's own, or those that wait for other houses.",
)
@click.pass_obj
def worker(baari: Baari, *, only: str | None) -> None:
    """Run the jobs that are due; all of them, or one kind beside another worker."""
    logging.config.dictConfig(logs.CONFIG)
    app = baari.create_app(servers.with_urls(baari.settings()))
    work(app, _QUEUES[only] if only else (QUEUE, OUTSIDE))


@click.command()
@click.pass_obj
def cron(baari: Baari) -> None:
    """Put periodic jobs into the queue when they are due."""
    logging.config.dictConfig(logs.CONFIG)
    keep_time(baari.create_app(servers.with_urls(baari.settings())))
