"""Checking a pack or a PDF that somebody brings, with the very code that is in every pack."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

from django.db.models import Q

from apps.core.errors import Invalid
from apps.core.rules import SUCCEEDED
from apps.reports.models import ReportRun
from apps.reports.queries.certificates import Whose, whose_certificate, whose_seal
from apps.reports.queries.packs import reports_seen_by
from apps.reports.rules.verify_pack import (
    MOST_BYTES,
    MOST_PDF_BYTES,
    PdfVerdict,
    Signature,
    TooCostly,
    Unreadable,
    Verdict,
    at_most,
    check_pdf,
    fingerprint,
    is_pdf,
    verify,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

PACK, PDF = "pack", "pdf"
MOST_UPLOAD = MOST_BYTES + 2 * 1024**2  # a pack, its directory included
MOST_STEPS, MOST_JSON = 1_000, 32 * 1024**2  # while somebody waits: about a second, and a gigabyte of memory at worst


@dataclass(frozen=True)
class Signed:
    """One signature in a PDF, and whose key it was made with."""

    signature: Signature
    whose: Whose


@dataclass(frozen=True)
class FileCheck:
    """The verdict on one file. `is_made_here` says that this portal recorded the making of exactly these bytes;
    `report` is that document or pack where the person may see it.
    """

    kind: str
    problems: list[str]
    digest: str
    size: int
    pack: Verdict | None = None
    seal: Whose | None = None
    signatures: list[Signed] = field(default_factory=list)
    documents: dict[str, Signed | None] = field(default_factory=dict)
    is_made_here: bool = False
    report: ReportRun | None = None

    @property
    def is_intact(self) -> bool:
        """Whether every byte is as it was made."""
        return not self.problems

    @property
    def is_unsigned(self) -> bool:
        """Whether nothing is wrong but that nobody signed it."""
        return self.kind == PDF and not self.signatures and self.is_made_here

    @property
    def is_ours(self) -> bool:
        """Whether the seal, or the first signature, is of this organisation's key."""
        first = self.signatures[0].whose if self.signatures else None
        return bool((self.seal and self.seal.is_ours) or (first and first.is_ours))

    @property
    def made_at(self) -> datetime | None:
        """When the pack says that it was made."""
        return _moment(self.pack.generated_at) if self.pack else None

    @property
    def sealed_at(self) -> datetime | None:
        """When the seal says that it was set."""
        return _moment(self.pack.sealed_at) if self.pack else None

    @property
    def has_other_key(self) -> bool:
        """Whether it is sealed or signed by somebody whose key this portal does not know."""
        first = self.signatures[0].whose if self.signatures else self.seal
        return first is not None and not first.is_ours


def file_check(user: "User | AnonymousUser", stream: BinaryIO, *, expected: str = "", key: str = "") -> FileCheck:
    """Check an uploaded pack or PDF. `expected` is the digest of a pack's manifest, `key` the fingerprint of the key
    that it must be sealed or signed with. Raises Invalid for what is neither, and for a fingerprint that is none.

    An intact file says only that nobody changed it since it was sealed or signed; by whom is told beside.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > MOST_UPLOAD:
        raise Invalid(
            f"This file is larger than {MOST_BYTES // 1024**2} MB; no pack or document of GenAIOps is.",
            code="verify.too_large",
        )
    try:
        trusted = {fingerprint(key)} if key else set()
        begins_as_pdf = is_pdf(stream.read(5))
        stream.seek(0)
        if begins_as_pdf:
            with at_most(MOST_STEPS, MOST_JSON):
                found = check_pdf(stream.read(MOST_PDF_BYTES + 1))
            return _pdf_check(user, found, trusted)
        with at_most(MOST_STEPS, MOST_JSON):
            verdict = verify(stream, expected, trusted)
        return _pack_check(user, verdict, size)
    except TooCostly as error:
        raise Invalid(
            f"The portal does not check this file: {error}.",
            code="verify.too_costly",
            remedy="Check it on your own machine, with the program in every pack: python3 -I verify_pack.py FILE",
        ) from error
    except Unreadable as error:
        raise Invalid(
            f"This file cannot be checked: {error}.",
            code="verify.unreadable",
            remedy="Bring a pack (ZIP) or a PDF, exactly as it was downloaded.",
        ) from error


def _pack_check(user: "User | AnonymousUser", verdict: Verdict, size: int) -> FileCheck:
    verdict.problems = [_writable(problem) for problem in verdict.problems]
    for name in ("subject", "generated_at", "format"):
        setattr(verdict, name, _writable(str(getattr(verdict, name))))
    made = Q(result__manifest_digest=verdict.manifest_digest) if verdict.manifest_digest else None
    report, is_made_here = _made(user, made)
    return FileCheck(
        kind=PACK,
        problems=verdict.problems,
        digest=verdict.manifest_digest,
        size=size,
        pack=verdict,
        seal=whose_seal(verdict.seal_key) if verdict.seal_key else None,
        documents={name: _first(found) for name, found in verdict.documents.items()},
        is_made_here=is_made_here,
        report=report,
    )


def _pdf_check(user: "User | AnonymousUser", verdict: PdfVerdict, trusted: set[str]) -> FileCheck:
    problems = list(verdict.problems)
    first = verdict.signature
    if trusted and first is not None and first.fingerprint not in trusted:
        problems.append(f"it is signed with the key {first.fingerprint or 'of nobody'}, another than was expected")
    report, is_made_here = _made(user, Q(result__files__pdf=verdict.digest) | Q(result__pdfs__has_key=verdict.digest))
    return FileCheck(
        kind=PDF,
        problems=problems,
        digest=verdict.digest,
        size=verdict.size,
        signatures=[_signed(each) for each in verdict.signatures],
        is_made_here=is_made_here,
        report=report,
    )


def _first(verdict: PdfVerdict) -> Signed | None:
    return _signed(verdict.signature) if verdict.signature is not None else None


def _signed(signature: Signature) -> Signed:
    """Whose key it was made with. Anybody can write our certificate into a signature; only one that holds is ours."""
    whose = whose_certificate(signature.fingerprint)
    if whose.is_ours and signature.problems:
        whose = Whose(False, "It names this organisation's key, but the signature does not hold.")
    return Signed(signature, whose)


def _moment(text: str) -> datetime | None:
    """A time that a pack tells; None for anything that is none, for somebody else may have written it."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _writable(text: str) -> str:
    """Text out of somebody else's JSON, which may hold halves of characters that nothing can be written with."""
    return text.encode("utf-8", "backslashreplace").decode()


def _made(user: "User | AnonymousUser", which: Q | None) -> tuple[ReportRun | None, bool]:
    """The document or pack that these bytes are, where the person may see it, and whether there is one at all."""
    if which is None:
        return None, False
    seen = reports_seen_by(user).filter(which, state=SUCCEEDED).first()
    return seen, seen is not None or ReportRun.objects.filter(which, state=SUCCEEDED).exists()
