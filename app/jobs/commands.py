"""baari worker and baari cron: the processes of time, started by `baari run`."""

import logging.config

import click

from app.core import logs
from app.core.embedded import servers
from app.doors.shell import Baari
from app.jobs.worker import keep_time, work


@click.command()
@click.pass_obj
def worker(baari: Baari) -> None:
    """Run the jobs that are due."""
    logging.config.dictConfig(logs.CONFIG)
    work(baari.create_app(servers.with_urls(baari.settings())))


@click.command()
@click.pass_obj
def cron(baari: Baari) -> None:
    """Put periodic jobs into the queue when they are due."""
    logging.config.dictConfig(logs.CONFIG)
    keep_time(baari.create_app(servers.with_urls(baari.settings())))
