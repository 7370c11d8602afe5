"""What a certificate says (X.509, RFC 5280): whose key it is, since when and until when, and its fingerprint."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from apps.reports.rules.verify_pack.der import (
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    Malformed,
    Node,
    der_integer,
    der_oid,
    der_time,
    der_whole,
)

_NAMES = {"2.5.4.3": "name", "2.5.4.10": "organisation"}
_KEY_IDENTIFIER = "2.5.29.14"


@dataclass(frozen=True)
class Certificate:
    """A certificate; `fingerprint` is the SHA-256 of its bytes, as browsers and openssl show it."""

    raw: bytes
    name: str
    organisation: str
    issuer: bytes
    serial: int
    not_before: datetime
    not_after: datetime
    public: Node
    key_identifier: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256, lower-case hexadecimal."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def holder(self) -> str:
        """Whose key it is, in words."""
        return self.name or self.organisation or "somebody whom the certificate does not name"


def certificate_from(raw: bytes) -> Certificate:
    """A certificate out of its DER. Raises Malformed."""
    inside = der_whole(raw).as_tag(SEQUENCE).parts()[0].as_tag(SEQUENCE).parts()
    fields = (
        inside[1:] if inside and inside[0].tag == 0xA0 else inside
    )  # [0] is the version, which version 1 leaves out
    if len(fields) < 6:
        raise Malformed("it is no certificate")
    serial, _, issuer, validity, subject, public = fields[:6]
    moments = [der_time(node) for node in validity.as_tag(SEQUENCE).parts()]
    names = _names_in(subject)
    if len(moments) != 2:
        raise Malformed("it is no certificate")
    return Certificate(
        raw=raw,
        name=names.get("name", ""),
        organisation=names.get("organisation", ""),
        issuer=issuer.raw,
        serial=der_integer(serial.as_tag(INTEGER)),
        not_before=moments[0],
        not_after=moments[1],
        public=public.as_tag(SEQUENCE),
        key_identifier=_key_identifier(fields[6:]),
    )


def _names_in(subject: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    for group in subject.as_tag(SEQUENCE).parts():
        for pair in group.parts():
            kind, value = pair.parts()
            if name := _NAMES.get(der_oid(kind)):
                encoding = "utf-16-be" if value.tag == 0x1E else "utf-8"
                found.setdefault(name, value.body.decode(encoding, "replace")[:200])
    return found


def _key_identifier(fields: list[Node]) -> bytes:
    """The subject key identifier, by which some signatures name their certificate; empty where there is none."""
    for field in fields:
        for extension in field.parts()[0].parts() if field.tag == 0xA3 else []:
            parts = extension.parts()
            if parts[0].tag == OID and der_oid(parts[0]) == _KEY_IDENTIFIER:
                return der_whole(parts[-1].as_tag(OCTET_STRING).body).as_tag(OCTET_STRING).body
    return b""
