"""A gateway of our own on loopback: what it takes, and how it fails."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Letter = dict[str, Any]


class Sink:
    """
    What a gateway has taken, and how it answers next.

    `answers` are statuses; "drop" takes the message and hangs up without a word.
    """

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.answers: list[int | str] = []
        self.hooks: list[Callable[[int], object]] = []

    @property
    def arrived(self) -> dict[str, Letter]:
        """Give each message once: a key twice is one message to a gateway."""
        return {letter["id"]: letter for letter in self.letters}

    def take(self, letter: Letter) -> int | str:
        """Take a message, or do not, and tell how it is answered."""
        answer = self.answers.pop(0) if self.answers else 200
        if answer in {200, "drop"}:
            self.letters.append(letter)
        for hook in self.hooks:
            hook(len(self.letters))
        return answer


@contextmanager
def http(sink: Sink | None = None) -> Iterator[tuple[str, Sink]]:
    """Run an HTTP gateway; give its address and its sink."""
    taken = sink or Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = taken.take(json.loads(body))
            if isinstance(answer, str):
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep the output for who runs it."""

    with served(Handler) as base:
        yield f"{base}/send", taken


@contextmanager
def served(
    handler: type[BaseHTTPRequestHandler], secure: ssl.SSLContext | None = None
) -> Iterator[str]:
    """Serve on loopback in a thread; give the address, without a slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if secure is not None:
        server.socket = secure.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
