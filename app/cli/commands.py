"""Every command, one line each: where it is, and what help says of it."""

from typing import NamedTuple


class Entry(NamedTuple):
    target: str
    help: str


COMMANDS = {
    "run": Entry("app.cli.run:run", "Run the whole house until Ctrl-C."),
    "migrate": Entry("app.cli.migrate:migrate", "Bring the database to its newest."),
    "worker": Entry("app.jobs.commands:worker", "Run the jobs that are due."),
    "cron": Entry("app.jobs.commands:cron", "Put periodic jobs into the queue."),
}
