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
from apps.reports.rules.verify_pack.publickeys import algorithm_of, digest_named, signature_holds

_SIGNED_DATA = "1.2.840.113549.1.7.2"
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
    fields = wrapped.as_tag(0xA0).parts()[0].as_tag(SEQUENCE).parts()
    if len(fields) < 4:
        raise Malformed("it is no signed message")
    inner = fields[2].as_tag(SEQUENCE).parts()
    certificates = [
        certificate_from(node.raw)
        for group in fields[3:-1]
        if group.tag == 0xA0
        for node in group.parts()[:MOST_CERTIFICATES]
        if node.tag == SEQUENCE
    ]
    signers = fields[-1].as_tag(SET).parts()
    if len(signers) != 1:
        raise Malformed("it has {} signers where one belongs".format(len(signers)))
    content = inner[1].as_tag(0xA0).parts()[0].as_tag(OCTET_STRING).body if len(inner) > 1 else None
    return _with_signer(signers[0], der_oid(inner[0]), content, certificates)


def _with_signer(info: Node, kind: str, content: bytes | None, certificates: list[Certificate]) -> Signed:
    parts = info.as_tag(SEQUENCE).parts()
    if len(parts) < 6 or parts[3].tag != 0xA0:
        raise Malformed("it has no signed attributes")
    return Signed(
        kind=kind,
        content=content,
        certificates=certificates,
        digest=digest_named(parts[2]),
        algorithm=parts[4],
        attributes=parts[3],
        values=_attributes(parts[3]),
        unsigned=_attributes(parts[6]) if len(parts) > 6 and parts[6].tag == 0xA1 else {},
        signature=parts[5].as_tag(OCTET_STRING).body,
        signer=_signer(parts[1], certificates),
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


def algorithm_name(node: Node) -> str:
    """The object identifier of an algorithm."""
    return algorithm_of(node)[0]
