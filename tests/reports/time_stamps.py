"""A small time stamp authority (RFC 3161) on this machine, and keys to sign with: what an organisation would bring."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
PLAIN = serialization.NoEncryption()


def make_key(kind: str) -> Any:
    """A private key: `rsa`, `ed25519`, or the name of a curve."""
    if kind == "rsa":
        return rsa.generate_private_key(65_537, 2_048)
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key({"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}[kind])


def certify(key: Any, name: str, *, by: tuple[Any, x509.Certificate] | None = None, **more: Any) -> x509.Certificate:
    """A certificate of this key, by itself or by another key with its certificate; `starts`, `ends`: days from now."""
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example AG")]
    )
    signer, issuer = (by[0], by[1].subject) if by else (key, subject)
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now + timedelta(days=more.get("starts", -1)))
        .not_valid_after(now + timedelta(days=more.get("ends", 365)))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if more.get("is_authority"):
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(signer, None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256())


def private_pem(key: Any, password: str = "") -> bytes:
    """The key as PEM, locked where a password is given."""
    lock = serialization.BestAvailableEncryption(password.encode()) if password else PLAIN
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, lock)


class Authority:
    """What the server answers with; `breaks` names what it gets wrong."""

    def __init__(self) -> None:
        key = make_key("rsa")
        certificate = certify(key, "Test time stamps", is_authority=True)
        private = asn1_keys.PrivateKeyInfo.load(key.private_bytes(DER, serialization.PrivateFormat.PKCS8, PLAIN))
        self.stamper = DummyTimeStamper(asn1_x509.Certificate.load(certificate.public_bytes(DER)), private)
        self.breaks = ""
        self.asked = 0
        self.url = ""
        self.headers: dict[str, str] = {}

    def answer(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        self.asked += 1
        self.headers = headers
        if self.breaks == "status":
            return 503, b""
        if self.breaks == "elsewhere":
            return 307, b""
        if self.breaks == "rubbish":
            return 200, b"\x30\x03\x02\x01\x00"
        if self.breaks == "large":
            return 200, b"\x30\x84\x00\x50\x00\x00" + bytes(5 * 1024**2)
        asked = tsp.TimeStampReq.load(body)
        if self.breaks == "other":
            asked["message_imprint"]["hashed_message"] = b"\0" * 32
        return 200, self.stamper.request_tsa_response(asked).dump()


@contextmanager
def authority() -> Iterator[Authority]:
    """The authority, answering on a free port of this machine."""
    made = Authority()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, content = made.answer(body, dict(self.headers.items()))
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if made.breaks == "page" else "application/timestamp-reply")
            self.send_header("Content-Length", str(len(content)))
            if made.breaks == "elsewhere":
                self.send_header("Location", made.url + "other")
            self.end_headers()
            with suppress(ConnectionError):  # who asked has left
                self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
