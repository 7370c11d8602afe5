"""A PDF's signature (ISO 32000-1, 12.8; PAdES, ETSI EN 319 142-1): who signed which bytes, and whether any follow.

The file is never interpreted: no object is followed and nothing is unpacked. A signature that covers every byte but its
own hexadecimal digits says all there is to say about the file, whatever the file's structure may claim.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from apps.reports.rules.verify_pack.certificates import Certificate
from apps.reports.rules.verify_pack.cms import cms_verdict, signed_from
from apps.reports.rules.verify_pack.der import Malformed, der_read, pdf_time
from apps.reports.rules.verify_pack.timestamps import Stamp, stamp_of
from apps.reports.rules.verify_pack.work import MEBIBYTE, spend

MOST_PDF_BYTES, MOST_SIGNATURES, MOST_SIGNATURE_BYTES = 128 * 1024**2, 8, 1024**2
_RANGE = re.compile(
    rb"/ByteRange\s{0,64}\[\s{0,64}(\d{1,12})\s{1,64}(\d{1,12})\s{1,64}(\d{1,12})\s{1,64}(\d{1,12})\s{0,64}\]"
)
_DATE = re.compile(rb"/M\s{0,8}\((D(?:[^()\\]|\\[0-7]{3}){1,40})\)")
_OCTAL = re.compile(rb"\\([0-7]{3})")  # a character as its number: ISO 32000-1, 7.3.4.2
_HEX_DIGITS = re.compile(rb"<(30(?:[0-9A-Fa-f]{2})+)>")  # a SEQUENCE in DER
_NEAR = 65_536  # bytes around a signature in which the rest of its dictionary stands


@dataclass
class Signature:
    """One signature in a PDF. `covers` counts the bytes from the file's beginning that it speaks of, its own included;
    `signed_at` is what the signer's clock said, `stamp` what somebody else says about the time.
    """

    covers: int = 0
    signer: Certificate | None = None
    signed_at: datetime | None = None
    stamp: Stamp | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def holder(self) -> str:
        """Whose key it was made with, in words."""
        return self.signer.holder if self.signer else "an unknown signer"

    @property
    def fingerprint(self) -> str:
        """The fingerprint of that key's certificate; empty where it cannot be read."""
        return self.signer.fingerprint if self.signer else ""

    @property
    def time(self) -> datetime | None:
        """The moment to go by: the time stamp's where it holds, else the signer's own."""
        sound = self.stamp is not None and not self.stamp.problems
        return self.stamp.at if self.stamp is not None and sound else self.signed_at


@dataclass
class PdfVerdict:
    """What a check of a PDF found; `problems` is empty when one signature holds over the whole file."""

    size: int = 0
    digest: str = ""
    signatures: list[Signature] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        """Whether nothing differs."""
        return not self.problems

    @property
    def signature(self) -> Signature | None:
        """The first signature, which is the portal's in a document of the portal's."""
        return self.signatures[0] if self.signatures else None


def is_pdf(data: bytes) -> bool:
    """Whether a file begins as a PDF does."""
    return data[:5] == b"%PDF-"


def check_pdf(data: bytes) -> PdfVerdict:
    """Whether a PDF is exactly as it was signed, and by which key. Whose key that is, is for the reader to compare."""
    verdict = PdfVerdict(len(data), hashlib.sha256(data).hexdigest())
    if problem := _refusal(data):
        verdict.problems.append(problem)
        return verdict
    places = list(islice(_RANGE.finditer(data), MOST_SIGNATURES + 1))  # each takes memory, and millions may stand there
    spend(len(data) * (1 + len(places)) / MEBIBYTE, "reading the document as often as it claims signatures")
    if not places:
        verdict.problems.append(_unsigned(data))
    elif len(places) > MOST_SIGNATURES:
        verdict.problems.append("it claims more than {} signatures; nothing of it was read".format(MOST_SIGNATURES))
    else:
        # Text in a document may look like a signature's range. Where one is there that could be true, others are text.
        places = [place for place in places if _digits(data, place) is not None] or places
        verdict.signatures = sorted((_signature(data, place) for place in places), key=lambda each: each.covers)
        verdict.problems += _problems(verdict)
    return verdict


def _refusal(data: bytes) -> str:
    if not is_pdf(data):
        return "it is no PDF: it does not begin with %PDF-"
    if len(data) > MOST_PDF_BYTES:
        return "it is larger than the {} bytes that are read of a PDF".format(MOST_PDF_BYTES)
    return ""


def _unsigned(data: bytes) -> str:
    if not data[-1_024:].rstrip().endswith(b"%%EOF"):
        return "it is cut off: it has no end, and the signature that stands there is gone"
    return "it carries no signature"


def _signature(data: bytes, place: re.Match[bytes]) -> Signature:
    _, first, second, length = (int(number) for number in place.groups())
    found = Signature(covers=second + length)
    if found.covers > len(data):
        found.problems.append("the file is cut off: {} bytes were signed, {} are there".format(found.covers, len(data)))
        return found
    digits = _digits(data, place)
    if digits is None:
        found.problems.append("the signature leaves out bytes other than its own digits: it covers no whole file")
        return found
    found.signed_at = _claimed_time(data, first, second)
    try:
        _fill(found, data, first, second, digits)
    except (Malformed, ValueError, IndexError) as error:
        found.problems.append("the signature cannot be read: {}".format(error))
    return found


def _digits(data: bytes, place: re.Match[bytes]) -> bytes | None:
    """The hexadecimal digits that a range leaves out, and which must be all that it leaves out; None otherwise."""
    start, first, second, _ = (int(number) for number in place.groups())
    if start != 0 or not 0 < first < second or second - first > 2 * MOST_SIGNATURE_BYTES:
        return None
    found = _HEX_DIGITS.fullmatch(data, first, second)
    return found.group(1) if found else None


def _fill(found: Signature, data: bytes, first: int, second: int, digits: bytes) -> None:
    contents = bytes.fromhex(digits.decode("ascii"))
    _, end = der_read(contents)
    if digits not in (digits.lower(), digits.upper()):
        found.problems.append("the signature's digits were rewritten")
    if any(contents[end:]):
        found.problems.append("bytes were put in behind the signature, where only zeros may stand")
    signed = signed_from(contents[:end])

    def digest(name: str) -> bytes:
        made = hashlib.new(name, data[:first])
        made.update(data[second : found.covers])
        return made.digest()

    verdict = cms_verdict(signed, digest, "the signed bytes were changed after they were signed")
    found.signer = verdict.signer
    found.problems += verdict.problems
    found.stamp = stamp_of(signed)
    found.problems += [
        "the time stamp does not hold: " + problem for problem in (found.stamp.problems if found.stamp else [])
    ]
    moment = found.time
    if moment is not None and not signed.signer.not_before <= moment <= signed.signer.not_after:
        found.problems.append("the certificate was not valid at {}".format(moment.isoformat()))


def _claimed_time(data: bytes, first: int, second: int) -> datetime | None:
    """The time in the signature's dictionary, which stands around its digits."""
    before = data[max(0, first - _NEAR) : first]
    after = data[second : second + _NEAR]
    around = before[before.rfind(b" obj") + 1 :] + after[: max(after.find(b"endobj"), 0)]
    dates = [_OCTAL.sub(lambda found: bytes([int(found.group(1), 8) & 0xFF]), each) for each in _DATE.findall(around)]
    return pdf_time(dates[0].decode("ascii", "replace")) if len(dates) == 1 else None


def _problems(verdict: PdfVerdict) -> list[str]:
    """What is wrong with the file as a whole: with each signature, and with what follows the first one's bytes."""
    found = [
        "signature of {}: {}".format(each.holder, problem) for each in verdict.signatures for problem in each.problems
    ]
    first, *later = verdict.signatures
    more = verdict.size - first.covers
    if more > 0:
        signers = ", ".join(each.holder for each in later if not each.problems)
        told = "signed by {}".format(signers) if signers else "signed by nobody"
        found.append(
            "an update of {} bytes was appended after the bytes that {} signed; it is {}".format(
                more, first.holder, told
            )
        )
    elif later:
        found.append("several signatures claim the same bytes")
    return found
