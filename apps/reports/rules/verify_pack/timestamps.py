"""Time stamps (RFC 3161): somebody else's word that a signature existed at a moment."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from apps.reports.rules.verify_pack.certificates import Certificate
from apps.reports.rules.verify_pack.cms import Signed, cms_verdict, signed_from
from apps.reports.rules.verify_pack.der import GENERALIZED_TIME, OCTET_STRING, SEQUENCE, Malformed, der_time, der_whole
from apps.reports.rules.verify_pack.publickeys import digest_named

TOKEN = "1.2.840.113549.1.9.16.2.14"  # noqa: S105 - the attribute that holds a time stamp, RFC 3161, appendix A
_TST_INFO = "1.2.840.113549.1.9.16.1.4"


@dataclass
class Stamp:
    """A time stamp over a signature: when, by whom, and what is wrong with it."""

    at: datetime | None = None
    authority: Certificate | None = None
    problems: list[str] = field(default_factory=list)


def stamp_of(signed: Signed) -> Stamp | None:
    """The time stamp over a signature, verified; None where it has none."""
    token = signed.unsigned.get(TOKEN)
    if token is None:
        return None
    try:
        return _stamp(token.raw, signed.signature)
    except (Malformed, IndexError, ValueError) as error:
        return Stamp(problems=["it cannot be read: {}".format(error)])


def _stamp(raw: bytes, signature: bytes) -> Stamp:
    inner = signed_from(raw)
    content = inner.content
    if inner.kind != _TST_INFO or content is None:
        raise Malformed("it is no time stamp")
    _, _, imprint, _, moment, *_ = der_whole(content).as_tag(SEQUENCE).parts()
    algorithm, told = imprint.as_tag(SEQUENCE).parts()
    stamp = Stamp(der_time(moment.as_tag(GENERALIZED_TIME)), inner.signer)
    if hashlib.new(digest_named(algorithm), signature).digest() != told.as_tag(OCTET_STRING).body:
        stamp.problems.append("it was made for another signature")
    verdict = cms_verdict(inner, lambda name: hashlib.new(name, content).digest(), "its own words were changed")
    stamp.problems += verdict.problems
    if stamp.at is not None and not inner.signer.not_before <= stamp.at <= inner.signer.not_after:
        stamp.problems.append("its certificate was not valid at that moment")
    return stamp
