"""Gateways of the tests' own on loopback: HTTP that can fail, and real SMTP."""

import socket
from contextlib import contextmanager

from aiosmtpd.controller import Controller

from drills.sink import Sink, http

__all__ = ["Sink", "http", "smtp"]


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
