"""Servers of the tests on loopback, and certificates nobody vouches for."""

import itertools
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from drills.sink import served


@contextmanager
def serving(answer, certificate=None):
    """Serve on loopback; `answer(path, body)` gives status, headers and body."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, body, dict(self.headers)))
            told = answer(self.path, body)
            if told is None:
                return
            status, headers, content = told
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    secure = None
    if certificate is not None:
        secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        secure.load_cert_chain(certificate)
    with served(Handler, secure) as base:
        yield base, heard


@contextmanager
def dripping(head, drop, *, for_s):
    """Take one connection, say `head`, then `drop` every hundredth of a second."""

    def drip(listening):
        taken, _ = listening.accept()
        with taken:
            taken.recv(65536)
            until = time.monotonic() + for_s
            try:
                taken.sendall(head)
                for _ in itertools.takewhile(lambda _: time.monotonic() < until, ever):
                    taken.sendall(drop)
                    time.sleep(0.01)
            except OSError:
                gone.set()

    ever, gone = itertools.count(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        hand = threading.Thread(target=drip, args=(listening,))
        hand.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}", gone
        hand.join()


def forged(path, name="bap.example.org"):
    """Write a certificate for a name that nobody but its owner vouches for."""
    key = Ed25519PrivateKey.generate()
    whom = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName([x509.DNSName(name)])
    today = datetime.now(UTC)
    built = x509.CertificateBuilder(whom, whom, key.public_key(), 1)
    built = built.not_valid_before(today - timedelta(1))
    built = built.not_valid_after(today + timedelta(1)).add_extension(
        names, critical=False
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signed = built.sign(key, None).public_bytes(Encoding.PEM)
    path.write_bytes(private + signed)
    return path
