"""
The load: one process, keep-alive connections, as little work of its own as can be.

Started as `python -m bench.client`, it reads a job from its standard input and writes
what it saw to its standard output, both as JSON. It shares the machine with what it
measures, so it speaks HTTP by hand: a library would take more time than an empty view.
"""

import json
import selectors
import socket
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "
_PIECE = 65_536
# Workers take connections as they come; so many are tried to share them out evenly.
_TRIES = 400


@dataclass(frozen=True, slots=True)
class Job:
    """
    Requests to send over some connections, in order, until the time is up.

    With `again` they start anew at their end, else that is the end of the job. What an
    answer `says` must be found in it.
    """

    port: int
    concurrency: int
    seconds: float
    requests: list[str]
    status: int
    again: bool
    workers: int
    says: str = ""


@dataclass(slots=True)
class Seen:
    """How many answers came in how long, how late each was, and which were wrong."""

    seconds: float = 0.0
    used: int = 0
    late_ms: list[float] = field(default_factory=list)
    wrong: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Line:
    """One connection, the answer it waits for, and since when."""

    socket: socket.socket
    began: float = 0.0
    heard: bytearray = field(default_factory=bytearray)


def main() -> None:
    """Do the job that comes in."""
    job = Job(**json.load(sys.stdin))
    json.dump(asdict(run(job)), sys.stdout)


def run(job: Job) -> Seen:
    """Send and listen until the time is up; what is under way then is still awaited."""
    lines = connect(job.port, job.concurrency, job.workers)
    seen, wrong, requests = Seen(), Counter[str](), _Requests(job)
    says = job.says.encode()
    with selectors.DefaultSelector() as selector:
        began = time.perf_counter()
        until = began + job.seconds
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
        busy = sum(_send(line, requests) for line in lines)
        while busy:
            for key, _ in selector.select():
                answer = _heard(key.data)
                if answer is None:
                    continue
                now = time.perf_counter()
                seen.late_ms.append((now - key.data.began) * 1000)
                if answer[0] != job.status or says not in answer[1]:
                    wrong[f"{answer[0]} {answer[1][:200]!r}"] += 1
                if now >= until or not _send(key.data, requests):
                    busy -= 1
        seen.seconds = time.perf_counter() - began
    for line in lines:
        line.socket.close()
    seen.used, seen.wrong = requests.sent, dict(wrong)
    return seen


class _Requests:
    def __init__(self, job: Job) -> None:
        self._all = [each.encode() for each in job.requests]
        self._again = job.again
        self.sent = 0

    def next(self) -> bytes | None:
        if self.sent >= len(self._all) and not self._again:
            return None
        self.sent += 1
        return self._all[(self.sent - 1) % len(self._all)]


def connect(port: int, number: int, workers: int) -> list[Line]:
    """Open so many connections, shared out evenly over the workers that take them."""
    by_worker: Counter[bytes] = Counter()
    most = -(-number // workers)
    lines: list[Line] = []
    for _ in range(_TRIES):
        line = Line(socket.create_connection(("127.0.0.1", port), timeout=60))
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.socket.sendall(request("GET", "/floor/worker", "").encode())
        while (answer := _heard(line)) is None:
            continue
        if by_worker[answer[1]] < most:
            by_worker[answer[1]] += 1
            lines.append(line)
        else:
            line.socket.close()
            # Else the one that is awake takes the next one as well.
            time.sleep(0.002)
        if len(lines) == number:
            return lines
    raise RuntimeError(f"the workers do not share {number} connections: {by_worker}")


def request(
    method: str, path: str, secret: str, body: object = None, key: str = ""
) -> str:
    """Write a request as it goes over the line."""
    sent = "" if body is None else json.dumps(body)
    lines = [f"{method} {path} HTTP/1.1", "Host: bench"]
    if secret:
        lines.append(f"Authorization: Bearer {secret}")
    if sent:
        lines += ["Content-Type: application/json", f"Content-Length: {len(sent)}"]
    if key:
        lines.append(f"Idempotency-Key: {key}")
    return "\r\n".join([*lines, "", sent])


def _send(line: Line, requests: _Requests) -> bool:
    wanted = requests.next()
    if wanted is None:
        return False
    line.began = time.perf_counter()
    line.socket.sendall(wanted)
    return True


def _heard(line: Line) -> tuple[int, bytes] | None:
    """Listen once; give the status and body when the answer is whole."""
    piece = line.socket.recv(_PIECE)
    if not piece:
        raise ConnectionError("the server hung up")
    line.heard += piece
    head_ends = line.heard.find(_END)
    if head_ends < 0:
        return None
    head = bytes(line.heard[:head_ends]).lower()
    at = head.find(_LENGTH) + len(_LENGTH)
    # What has no body, as where nothing has changed, says no length.
    length = int(head[at:].split(b"\r\n", 1)[0]) if at >= len(_LENGTH) else 0
    whole = head_ends + len(_END) + length
    if len(line.heard) < whole:
        return None
    body = bytes(line.heard[head_ends + len(_END) : whole])
    line.heard.clear()
    return int(head[9:12]), body


if __name__ == "__main__":
    main()
