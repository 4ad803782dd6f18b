"""Gateways of the tests' own on loopback: HTTP that can fail, and real SMTP."""

import json
import socket
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit

from aiosmtpd.controller import Controller

from drills.sink import Sink, http, served

__all__ = ["Carrier", "Sink", "carrier", "http", "smtp"]


class Carrier:
    """
    What a carrier's gateway was asked, field by field, and how it answers.

    Without an answer it takes what comes and hangs up.
    """

    def __init__(self):
        self.asked = []
        self.heads = []
        self.answer = (200, "accepted")


@contextmanager
def carrier():
    """Run a gateway that takes forms, addresses and JSON; give its host and itself."""
    known = Carrier()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._take(dict(parse_qsl(urlsplit(self.path).query)))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            is_json = "json" in self.headers["Content-Type"]
            self._take(json.loads(body) if is_json else dict(parse_qsl(body)))

        def _take(self, fields):
            known.asked.append((self.command, urlsplit(self.path).path, fields))
            known.heads.append(dict(self.headers))
            if known.answer is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, words = known.answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(words)))
            self.end_headers()
            self.wfile.write(words.encode())

        def log_message(self, *_):
            """Keep the output for who runs it."""

    with served(Handler) as base:
        yield base.removeprefix("http://"), known


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
