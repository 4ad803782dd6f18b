"""Servers of the tests on loopback, and certificates nobody vouches for."""

import ssl
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


def forged(path):
    """Write a certificate for a buyer's name that nobody but its owner vouches for."""
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bap.example.org")])
    names = x509.SubjectAlternativeName([x509.DNSName("bap.example.org")])
    today = datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1)
    built = built.not_valid_before(today - timedelta(1))
    built = built.not_valid_after(today + timedelta(1)).add_extension(
        names, critical=False
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signed = built.sign(key, None).public_bytes(Encoding.PEM)
    path.write_bytes(private + signed)
    return path
