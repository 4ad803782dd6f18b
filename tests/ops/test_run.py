"""`baari run`: starts on nothing, stops whole, and comes back after the worst."""

import os
import signal
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from rq import Queue

from app.core.embedded import postgres, process, redis
from app.core.embedded.home import Home
from app.jobs.names import OUTSIDE, QUEUE, RUN
from beckn.trust import keys

# One after the other: each takes both processors for a while.
pytestmark = [pytest.mark.ops]


def database(home):
    return psycopg.connect(
        host=str(Home(home).sockets / "pg"),
        user=postgres.USER,
        dbname=postgres.DATABASE,
        autocommit=True,
    )


def write_down(home, word):
    with database(home) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [word])
    with Redis.from_url(redis.url(Home(home))) as client:
        client.set("kept", word)
    # What Redis took is on the disk within a second (appendfsync everysec).
    time.sleep(1.1)


def written(home):
    with database(home) as connection:
        in_postgres = connection.execute("SELECT max(word) FROM kept").fetchone()[0]
    with Redis.from_url(redis.url(Home(home))) as client:
        return in_postgres, client.get("kept").decode()


class TestRun:
    """A start takes seconds of both processors, so each house has a whole story."""

    def test_lives_through_a_day_and_loses_nothing(self, make_house, tmp_path, home_at):
        house = make_house(home_at(tmp_path / "a home with spaces"))
        house.start_and_wait()
        write_down(house.home, "before")
        assert becomes(lambda: house.ask("/readyz")[1]["jobs"] == "running", 10)

        _another_on_the_same_home_is_refused(house)
        _is_not_ready_while_redis_hangs(house)
        _starts_again_what_ends(house)
        _lends_its_servers_to_a_guest(house, make_house, tmp_path)

        lived = house.living()
        house.signal(signal.SIGINT)
        assert house.stopped() == 0
        assert len(lived) >= 5
        assert house.living() == set()
        assert not Home(house.home).sockets.exists()
        house.start_and_wait()
        assert written(house.home) == ("before", "before")

    def test_comes_back_after_sigkill(self, old_house):
        house = old_house
        house.start_and_wait()
        write_down(house.home, "before")

        house.signal(signal.SIGKILL)
        house.stopped()
        # At once: the orphans are still on their way out.
        house.start_and_wait()
        assert written(house.home) == ("before", "before")

        _kill_everything(house)
        house.start_and_wait()
        assert written(house.home) == ("before", "before")

        house.signal(signal.SIGKILL)
        house.stopped()
        assert house.nobody_lives_within(15)

    def test_a_signal_while_it_starts_leaves_nobody(self, old_house):
        old_house.start()
        assert becomes(old_house.living, 10)
        old_house.signal(signal.SIGTERM)

        assert old_house.stopped() == 0
        assert old_house.living() == set()

    def test_a_second_ctrl_c_does_not_wait_for_a_job(self, old_house):
        house = old_house
        house.start_and_wait()
        # A worker that hears nothing, as one in the middle of a long job seems.
        assert becomes(lambda: house.ask("/readyz")[1]["jobs"] == "running", 10)
        worker = min(pid for pid in house.living() if "wsgi worker" in title(pid))
        os.kill(worker, signal.SIGSTOP)
        house.signal(signal.SIGINT)
        time.sleep(0.5)
        began = time.monotonic()
        house.signal(signal.SIGINT)

        assert house.stopped() == 0
        assert time.monotonic() - began < 10
        assert house.living() == set()

    def test_a_slow_house_of_the_network_holds_up_nothing_of_ours(self, old_house):
        house = old_house
        ours = f"http://127.0.0.1:{house.port}"
        keys.save(keys.new_ring(now=datetime.now(UTC)), house.home / "beckn_keys.json")
        house.start_and_wait(
            BECKN_SUBSCRIBER_ID="clinic.example",
            BECKN_URL=f"{ours}/beckn",
            BECKN_REGISTRY_URL="http://127.0.0.1:9",
            BECKN_PRIVATE_CALLBACKS="1",
        )
        waits = [pid for pid in house.living() if "--only outside" in title(pid)]
        # It waits for somebody who says nothing.
        for pid in waits:
            os.kill(pid, signal.SIGSTOP)
        with Redis.from_url(redis.url(Home(house.home))) as client:
            lines = [Queue(name, connection=client) for name in (QUEUE, OUTSIDE)]
            own, theirs = (
                line.enqueue(RUN, name, result_ttl=60)
                for line, name in zip(lines, ("beat", "network"), strict=True)
            )

            assert becomes(lambda: own.get_status(refresh=True) == "finished", 30)
            assert theirs.get_status(refresh=True) == "queued"
            for pid in waits:
                os.kill(pid, signal.SIGCONT)
            assert becomes(lambda: theirs.get_status(refresh=True) == "finished", 30)
        house.signal(signal.SIGTERM)
        assert house.stopped() == 0
        assert house.living() == set()


def _another_on_the_same_home_is_refused(house):
    first = house.process

    status, told = house.refusal(PORT=str(house.port - 1))
    house.process = first

    assert status == 2
    assert f"process {first.pid}" in told
    assert told.count("\n") == 1


def _is_not_ready_while_redis_hangs(house):
    (pid,) = process.at_work_in(Home(house.home).redis)
    os.kill(pid, signal.SIGSTOP)

    status, told = house.ask("/readyz")
    alive, _ = house.ask("/healthz")
    os.kill(pid, signal.SIGCONT)

    assert (status, told["checks"]["redis"]) == (503, "failed")
    assert told["checks"]["database"] == "ok"
    assert alive == 200
    assert becomes(lambda: house.ask("/readyz")[0] == 200, 10)


def _starts_again_what_ends(house):
    (pid,) = process.at_work_in(Home(house.home).redis)

    os.kill(pid, signal.SIGKILL)

    def another_serves():
        now = process.at_work_in(Home(house.home).redis)
        return now and pid not in now and house.ask("/readyz")[0] == 200

    assert becomes(another_serves, 30)
    # What was written down came back with it, and jobs run again.
    assert written(house.home) == ("before", "before")
    assert becomes(lambda: house.ask("/readyz")[1]["jobs"] == "running", 30)


def _lends_its_servers_to_a_guest(house, make_house, tmp_path):
    lender = Home(house.home)
    guest = make_house(
        tmp_path / "guest",
        DATABASE_URL=postgres.url(lender).replace("+psycopg", ""),
        REDIS_URL=redis.url(lender, 1),
    )

    guest.start_and_wait()

    assert not (guest.home / "postgres").exists()
    assert not (guest.home / "redis").exists()
    guest.signal(signal.SIGINT)
    assert guest.stopped() == 0
    assert house.ask("/readyz")[0] == 200


def _kill_everything(house):
    for pid in (house.process.pid, *house.living()):
        # Those below the supervisor may have followed it already.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    house.stopped()
    # A pid file cut short, whose number belongs to somebody else who lives.
    pid_file = Home(house.home).postgres / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n", encoding="ascii")


class TestRefusal:
    @pytest.mark.parametrize(
        ("environ", "names"),
        [
            ({"PORT": "eighty"}, "PORT"),
            ({"HOST": "0.0.0.0", "BAARI_DEMO": "1"}, "HOST"),
            ({"DATABASE_URL": "mysql://there/db"}, "DATABASE_URL"),
            ({"DATABASE_URL": "postgresql://127.0.0.1:1/db"}, "DATABASE_URL"),
            ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "REDIS_URL"),
            ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ],
    )
    def test_is_one_line_and_status_2(self, house, environ, names):
        status, told = house.refusal(**environ)

        assert status == 2
        assert told.startswith(f"baari: {names}: ")
        assert told.count("\n") == 1
        assert not Path(house.home, "postgres").exists()

    def test_names_the_taken_port(self, house):
        with socket.create_server(("127.0.0.1", house.port)):
            status, told = house.refusal()

        assert status == 2
        assert f"port {house.port}" in told
        assert told.count("\n") == 1


def title(pid):
    """Give the words a process was started with; none of one that has ended.

    A server's connections are processes too: one may end while we look.
    """
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def becomes(holds, seconds):
    """Wait until it holds; say whether it did."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if holds():
            return True
        time.sleep(0.1)
    return False
