"""Workers killed at every step: each callback arrives, in order, and is taken once."""

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

import orjson
import pytest
from msgspec.structs import replace
from sqlalchemy import select, text

from app.core.db import db
from beckn import working
from beckn.models import Asked, Owed, Received, Sent
from tests import servers
from tests.beckn import buyers
from tests.beckn.buyers import ACK, Buyer, post, raw
from tests.factories import NOW

pytestmark = [
    pytest.mark.time_machine(NOW, tick=False),
    pytest.mark.timeout(120),
]

TRANSACTIONS = 8
STEPS = ("select", "init", "confirm")
KILLS_AT = 10


class Door:
    """A buyer over HTTP: kills who posts the tenth, fails once, takes the rest."""

    def __init__(self):
        self.lock, self.arrived, self.failed, self.taken = Lock(), 0, False, []

    def answer(self, body, pid):
        told = orjson.loads(body)["context"]
        with self.lock:
            self.arrived += 1
            if self.arrived == KILLS_AT:
                os.kill(pid, signal.SIGKILL)
                return None
            if told["transaction_id"] == "k-7" and not self.failed:
                self.failed = True
                return 500, {}
            self.taken.append(
                (told["transaction_id"], told["message_id"], told["action"], body)
            )
            return 200, ACK


@contextmanager
def serving(door):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = door.answer(body, int(self.headers["X-Pid"]))
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer[0])
            self.end_headers()
            self.wfile.write(orjson.dumps(answer[1]))

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def work(hospital, lasting, url):
    """Let workers do all that is due; give how many of them were killed."""
    settings = replace(
        hospital.extensions["baari.settings"],
        database_url=lasting,
        redis_url="redis://127.0.0.1:1/0",
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.beckn.killed_worker", NOW.isoformat(), url],
        cwd=servers.PROJECT,
        env={**os.environ, **settings.environ()},
        check=True,
        capture_output=True,
        text=True,
        timeout=100,
    )
    return int(done.stdout)


@pytest.fixture
def asked(hospital):
    """Take three messages of each transaction; one kills who does it, one always."""
    db.session.execute(text("CREATE SEQUENCE killed_once"))
    db.session.execute(text("TRUNCATE beckn_outbox, beckn_inbox"))
    db.session.commit()
    buyers.use(hospital, Buyer().network())
    fatal = {("k-2", "init"): {"kill": "once"}, ("k-3", "init"): {"kill": "always"}}
    keys = [(f"k-{n}", step) for n in range(TRANSACTIONS) for step in STEPS]
    for transaction, step in keys:
        ids = {"transaction_id": transaction, "message_id": f"m-{step}"}
        sent = raw(step, fatal.get((transaction, step)), **ids)
        assert post(hospital, sent).json == ACK
    yield keys
    buyers.use(hospital, None)
    db.session.execute(text("DROP SEQUENCE killed_once"))
    db.session.commit()


def test_each_callback_arrives_in_order_and_is_taken_once(hospital, lasting, asked):
    door = Door()
    with serving(door) as url:
        # One by the buyer, one once, one as often as it was tried.
        assert work(hospital, lasting, url) == 2 + working.MOST_TRIES

    taken = Counter((each[0], each[1]) for each in door.taken)
    assert taken == Counter((key, f"m-{step}") for key, step in asked)
    for n in range(TRANSACTIONS):
        actions = [each[2] for each in door.taken if each[0] == f"k-{n}"]
        assert actions == ["on_select", "on_init", "on_confirm"], n
    errors = [orjson.loads(each[3]).get("error") for each in door.taken]
    assert [each["code"] for each in errors if each] == ["31001"]

    states = db.session.execute(select(Received.state, Received.transaction_id)).all()
    assert [each for each in states if each[0] is not Asked.DONE] == [
        (Asked.DEAD, "k-3")
    ]
    assert set(db.session.scalars(select(Sent.state))) == {Owed.ACKED}
