"""Checking what a guest brings: with the very code that lies in every pack, and nothing of it is kept."""

from dataclasses import dataclass, field
from typing import BinaryIO

from apps.core.errors import Invalid
from apps.reports.rules.verify_pack.checking import verify
from apps.reports.rules.verify_pack.pdfs import MOST_PDF_BYTES, check_pdf
from apps.reports.rules.verify_pack.verdicts import Unreadable


@dataclass(frozen=True)
class Checked:
    """What was found: `problems` is empty where nothing differs; `facts` are what was read, by name."""

    what: str
    problems: list[str]
    facts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        """Whether nothing differs."""
        return not self.problems


def checked(stream: BinaryIO, *, expected: str = "") -> Checked:
    """Check a pack, or a PDF by its signatures. Raises Invalid for what is neither."""
    begins_as_pdf = stream.read(5) == b"%PDF-"
    stream.seek(0)
    return _pdf(stream) if begins_as_pdf else _pack(stream, expected)


def _pack(stream: BinaryIO, expected: str) -> Checked:
    try:
        found = verify(stream, expected)
    except Unreadable as error:
        raise Invalid(f"This file cannot be checked: {error}.", code="pack.unreadable") from error
    facts = [
        ("Subject", found.subject),
        ("Made", found.generated_at),
        ("Files read", str(found.files)),
        ("Digest of the manifest", found.manifest_digest),
        ("Sealed with key", found.seal_key),
    ]
    return Checked("pack", found.problems, [(name, value) for name, value in facts if value])


def _pdf(stream: BinaryIO) -> Checked:
    data = stream.read(MOST_PDF_BYTES + 1)
    if len(data) > MOST_PDF_BYTES:
        raise Invalid("This PDF is too large to be checked here.", code="pdf.too_large")
    try:
        found = check_pdf(data)
    except Unreadable as error:
        raise Invalid(f"This file cannot be checked: {error}.", code="pdf.unreadable") from error
    facts = [("Bytes read", str(len(data)))]
    for signature in found.signatures:
        facts.append(("Signed by", signature.holder))
        facts.append(("Fingerprint of the certificate", signature.fingerprint))
        facts += [("Signed at", signature.time.isoformat())] if signature.time else []
    return Checked("PDF", found.problems, facts)
