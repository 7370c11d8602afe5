"""Signed messages (CMS, RFC 5652), as they stand inside a PDF's signature and inside a time stamp."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from apps.reports.rules.verify_pack.certificates import Certificate, certificate_from
from apps.reports.rules.verify_pack.der import (
    OCTET_STRING,
    SEQUENCE,
    SET,
    Malformed,
    Node,
    der_integer,
    der_oid,
    der_whole,
)
from apps.reports.rules.verify_pack.publickeys import digest_named, signature_holds

_DATA, _SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
# Attributes that name the signer's certificate by its digest, so that no other can be put in its place: RFC 5035.
_SIGNING_CERTIFICATE, _SIGNING_CERTIFICATE_2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
MOST_CERTIFICATES = 20


@dataclass(frozen=True)
class Signed:
    """A signed message taken apart; nothing of it is verified yet. `content` is what it carries inside, if anything."""

    kind: str
    content: bytes | None
    certificates: list[Certificate]
    digest: str
    algorithm: Node
    attributes: Node
    values: dict[str, Node]
    unsigned: dict[str, Node]
    signature: bytes
    signer: Certificate
    is_by_issuer: bool  # whether the signer is named by issuer and serial number, not by the key's identifier


@dataclass
class CmsVerdict:
    """What was found; `problems` is empty when the signature holds over exactly the content."""

    signer: Certificate | None = None
    problems: list[str] = field(default_factory=list)


def signed_from(raw: bytes) -> Signed:
    """The parts of a signed message. Raises Malformed."""
    kind, wrapped = der_whole(raw).as_tag(SEQUENCE).parts()
    if der_oid(kind) != _SIGNED_DATA:
        raise Malformed("it is no signed message")
    version, digests, inside, *groups, signers = wrapped.as_tag(0xA0).only().as_tag(SEQUENCE).parts()
    inner = inside.as_tag(SEQUENCE).parts()
    if [group.tag for group in groups] not in ([0xA0], [0xA0, 0xA1]) or not 1 <= len(inner) <= 2:
        raise Malformed("it is no signed message")
    certificates = [
        certificate_from(node.raw) for node in groups[0].parts()[:MOST_CERTIFICATES] if node.tag == SEQUENCE
    ]
    content = inner[1].as_tag(0xA0).only().as_tag(OCTET_STRING).body if len(inner) > 1 else None
    signed = _with_signer(signers.as_tag(SET).only(), der_oid(inner[0]), content, certificates)
    if digest_named(digests.as_tag(SET).only()) != signed.digest:
        raise Malformed("it names two digests")
    if der_integer(version) != (1 if signed.kind == _DATA and signed.is_by_issuer else 3):
        raise Malformed("it has another version than its parts ask for")
    return signed


def _with_signer(info: Node, kind: str, content: bytes | None, certificates: list[Certificate]) -> Signed:
    parts = info.as_tag(SEQUENCE).parts()
    if not 6 <= len(parts) <= 7 or parts[3].tag != 0xA0 or parts[-1].tag not in (OCTET_STRING, 0xA1):
        raise Malformed("it has no signed attributes")
    is_by_issuer = parts[1].tag == SEQUENCE
    if der_integer(parts[0]) != (1 if is_by_issuer else 3):
        raise Malformed("it has another version than its parts ask for")
    return Signed(
        kind=kind,
        content=content,
        certificates=certificates,
        digest=digest_named(parts[2]),
        algorithm=parts[4],
        attributes=parts[3],
        values=_attributes(parts[3]),
        unsigned=_attributes(parts[6]) if len(parts) > 6 else {},
        signature=parts[5].as_tag(OCTET_STRING).body,
        signer=_signer(parts[1], certificates),
        is_by_issuer=is_by_issuer,
    )


def _attributes(group: Node) -> dict[str, Node]:
    """Each attribute's one value by its name. Raises Malformed for one that stands there twice."""
    found: dict[str, Node] = {}
    for node in group.parts():
        name, values = node.as_tag(SEQUENCE).parts()
        inside = values.as_tag(SET).parts()
        if der_oid(name) in found or len(inside) != 1:
            raise Malformed("it gives an attribute twice")
        found[der_oid(name)] = inside[0]
    return found


def _signer(name: Node, certificates: list[Certificate]) -> Certificate:
    """The certificate that the signer is named by: issuer and serial number, or the key's identifier."""
    if name.tag == SEQUENCE:
        issuer, serial = name.parts()
        wanted = (issuer.raw, der_integer(serial))
        found = [each for each in certificates if (each.issuer, each.serial) == wanted]
    else:
        found = [each for each in certificates if each.key_identifier and each.key_identifier == name.body]
    if not found:
        raise Malformed("the certificate of its signer is not in it")
    return found[0]


def cms_verdict(signed: Signed, digest_of_content: Callable[[str], bytes], changed: str) -> CmsVerdict:
    """Whether the signature holds over a content, which is given by its digest; `changed` says what it means when that
    is another one than was signed. Raises Malformed for algorithms that are not accepted.
    """
    verdict = CmsVerdict(signed.signer)
    told = signed.values.get(_MESSAGE_DIGEST)
    kind = signed.values.get(_CONTENT_TYPE)
    if told is None or kind is None or der_oid(kind) != signed.kind:
        raise Malformed("it does not say what was signed")
    public = signed.signer.public
    attributes = b"\x31" + signed.attributes.raw[1:]  # signed as a SET: RFC 5652, 5.4
    if not signature_holds(public, signed.algorithm, signed.digest, signed.signature, attributes):
        verdict.problems.append("it was not made with the key that it names, or was changed")
    if not _names_its_certificate(signed):
        verdict.problems.append("the certificate in it is not the one that its signer used")
    if told.as_tag(OCTET_STRING).body != digest_of_content(signed.digest):
        verdict.problems.append(changed)
    return verdict


def _names_its_certificate(signed: Signed) -> bool:
    raw = signed.signer.raw
    if _SIGNING_CERTIFICATE_2 in signed.values:
        first = signed.values[_SIGNING_CERTIFICATE_2].parts()[0].parts()[0].parts()
        digest = digest_named(first[0]) if first[0].tag == SEQUENCE else "sha256"
        value = first[1] if first[0].tag == SEQUENCE else first[0]
        return hashlib.new(digest, raw).digest() == value.body
    if _SIGNING_CERTIFICATE in signed.values:
        value = signed.values[_SIGNING_CERTIFICATE].parts()[0].parts()[0].parts()[0]
        return hashlib.sha1(raw).digest() == value.body  # noqa: S324 - RFC 2634 knows no other; the key is signed over too
    return False
