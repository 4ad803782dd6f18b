"""
Two workers of the network at once, started anew for as long as they are killed.

Run with a moment, and the address of a buyer that may kill who posts to it; it prints
how many were killed. Each round is a minute after the one before, so leases are over.
A message with "kill" kills who does it: once, or "always".
"""

import os
import signal
import sys
import urllib.error
import urllib.request
from datetime import datetime, timedelta

from sqlalchemy import text

from app.core.db import db
from app.core.settings import Settings
from beckn import door, sending, working
from beckn.door import NotDeliveredError
from tests.beckn.buyers import Buyer, Replied
from wsgi import create_app

NOW, WHERE = datetime.fromisoformat(sys.argv[1]), sys.argv[2]
MINUTE = timedelta(minutes=1)
ME = os.getpid()
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
# A sequence counts what a rollback does not take back.
_FIRST = text("SELECT nextval('killed_once') = 1")


def do(action, context, message, *, now):
    alone = db.session.scalar(_ALONE, {"name": f"doing {context.transaction_id}"})
    assert alone, "two of one transaction at once"
    kill = message.get("kill")
    if kill == "always" or (kill == "once" and db.session.scalar(_FIRST)):
        os.kill(os.getpid(), signal.SIGKILL)
    return {"message": message}


def post(url, raw, headers, *, registered):
    path = url.removeprefix("https://bap.example.org/beckn")
    asked = urllib.request.Request(
        WHERE + path, raw, {**headers, "X-Pid": str(os.getpid())}
    )
    try:
        with urllib.request.urlopen(asked, timeout=10) as reply:
            return Replied(reply.status, reply.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return Replied(refused.code, refused.read())
    except OSError as exc:
        raise NotDeliveredError(str(exc)) from exc


def work(app, now):
    with app.app_context():
        while sending.send_one(now=now) or working.work_one(now=now):
            pass


def main():
    app = create_app(Settings.from_environ(os.environ))
    door.use(app, Buyer().network(do=do, post=post))

    moment, killed, rounds_left = NOW, 0, 2
    while rounds_left:
        ended = [os.waitpid(worker, 0)[1] for worker in started(app, moment)]
        kills = sum(os.WIFSIGNALED(status) for status in ended)
        assert kills == sum(status != 0 for status in ended), ended
        killed, moment = killed + kills, moment + MINUTE
        rounds_left = 2 if kills else rounds_left - 1
        assert killed < 20, "it never ends"
    sys.stdout.write(f"{killed}\n")


def started(app, moment):
    workers = []
    for _ in range(2):
        workers.append(os.fork())
        if os.getpid() != ME:
            work(app, moment)
            os._exit(0)
    return workers


if __name__ == "__main__":
    main()
