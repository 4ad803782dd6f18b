"""Gateways of the tests' own on loopback: HTTP that can fail, and real SMTP."""

import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller


class Sink:
    """
    What a gateway has taken, and how it answers next.

    `answers` are statuses; "drop" takes the message and hangs up without a word.
    """

    def __init__(self):
        self.letters = []
        self.answers = []
        self.hooks = []

    @property
    def arrived(self):
        """Give each message once: a key twice is one message to a gateway."""
        return {letter["id"]: letter for letter in self.letters}


@contextmanager
def http():
    """Run an HTTP gateway; give its address and its sink."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = sink.answers.pop(0) if sink.answers else 200
            if answer in {200, "drop"}:
                sink.letters.append(json.loads(body))
            for hook in sink.hooks:
                hook(len(sink.letters))
            if answer == "drop":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Keep the tests' output for the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send", sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Mailbox:
    def __init__(self):
        self.mails = []
        self.answer = "250 OK"
        self.hooks = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - its name
        if self.answer.startswith("250"):
            self.mails.append((envelope.rcpt_tos, envelope.content.decode()))
            for hook in self.hooks:
                hook()
        return self.answer


@contextmanager
def smtp():
    """Run a mail server; give its address and its mailbox."""
    box = _Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield f"smtp://127.0.0.1:{port}", box
    finally:
        server.stop()
