"""Every command, one line each: where it is, and what help says of it."""

from typing import NamedTuple


class Entry(NamedTuple):
    target: str
    help: str


COMMANDS = {
    "run": Entry("app.cli.run:run", "Run the whole house until Ctrl-C."),
    "migrate": Entry("app.cli.migrate:migrate", "Bring the database to its newest."),
    "import": Entry("app.cli.importing:bring_in", "Bring a hospital or patients in."),
    "demo": Entry("app.cli.demo:demo", "Fill an empty installation with a demo."),
    "user": Entry("app.cli.accounts:user", "Add a member of staff."),
    "token": Entry("app.cli.accounts:token", "Make and end tokens of the JSON door."),
    "queue": Entry("app.cli.queues:queue", "Try ways to order a queue."),
    "worker": Entry("app.jobs.commands:worker", "Run the jobs that are due."),
    "cron": Entry("app.jobs.commands:cron", "Put periodic jobs into the queue."),
}
