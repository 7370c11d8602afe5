"""Writes of the evidence library: a document, its next version, and withdrawing either. Nothing is destroyed."""

import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.services import require
from apps.audit.services import record
from apps.checklist.models import EvidenceDocument, EvidenceVersion
from apps.checklist.queries.supports import citations_of
from apps.checklist.rules import DECLARED
from apps.checklist.rules.library import FILE, FILE_MOST, GIVEN, LINK, dates_problem, link_problem
from apps.core import storage, tables
from apps.core.errors import Conflict, Invalid
from apps.core.formatting import file_size
from apps.incidents.services import require_all_free

TITLE_MOST, SHOWS_MOST, METHOD_MOST = 200, 2_000, 300  # characters
UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Content:
    """What one version of a document holds, before it has a place: a local file or an address, and where it is from.

    `effective_on` is the day from which it holds (today), `expires_on` the last day; `method` says how it was obtained.
    """

    method: str
    path: Path | None = None
    filename: str = ""
    link: str = ""
    status: str = DECLARED
    effective_on: date | None = None
    expires_on: date | None = None

    @property
    def kind(self) -> str:
        """Whether it is a file or an address."""
        return LINK if self.path is None else FILE


def evidence_document_add(*, by: User, team: Team, title: str, shows: str, content: Content) -> EvidenceVersion:
    """Put a document into the team's library, with its first version, which is returned.

    Raises Invalid for empty words, dates in the wrong order, an empty or too large file and an address that is none of
    the web; Conflict for a title that the library has.
    """
    require(by, "evidence.edit", team)
    title, shows = title.strip(), shows.strip()
    _check_words(title, "Give the document a title", TITLE_MOST)
    _check_words(shows, "Say in a sentence what the document shows", SHOWS_MOST)
    return _document_create(by, team, title, shows, content.kind, _taken_in(content))


@transaction.atomic
def _document_create(by: User, team: Team, title: str, shows: str, kind: str, told: dict[str, Any]) -> EvidenceVersion:
    Team.objects.select_for_update().get(pk=team.pk)  # two documents of one title would be taken for each other
    if EvidenceDocument.objects.filter(team=team, title=title, withdrawn_at=None).exists():
        raise Conflict(
            f"The library has a document “{title}” already.",
            code="evidence.exists",
            remedy="Put a new version to that document, or choose another title.",
        )
    document = EvidenceDocument.objects.create(team=team, title=title, shows=shows, kind=kind, created_by=by)
    version = EvidenceVersion.objects.create(document=document, team=team, number=1, uploaded_by=by, **told)
    record(action="evidence.add", obj=document, by=by, data=_as_data(version))
    return version


def evidence_version_add(
    *, by: User, document: EvidenceDocument, content: Content, expect_number: int | None = None
) -> EvidenceVersion:
    """Put the next version to a document. Answers that cite an earlier one turn stale until they cite this one.

    `expect_number` is the number of the newest version that the person saw. Raises Conflict for a withdrawn document
    and where somebody was quicker, else as `evidence_document_add`.
    """
    require(by, "evidence.edit", document.team_id)
    if content.kind != document.kind:
        wanted = "a file" if document.is_file else "an address"
        raise Invalid(
            f"Each version of this document is {wanted}.", code="evidence.kind", remedy="Put it in as another document."
        )
    return _version_create(by, document, _taken_in(content), expect_number)


@transaction.atomic
def _version_create(
    by: User, document: EvidenceDocument, told: dict[str, Any], expect_number: int | None
) -> EvidenceVersion:
    document = _locked(document)
    _check_not_withdrawn(document)
    last = document.versions.order_by("-number").values_list("number", flat=True)[0]
    if expect_number is not None and expect_number != last:
        raise Conflict(
            f"Somebody has put in version {last} meanwhile.",
            code="evidence.changed",
            remedy="Look at it first, then put in yours if it is still newer.",
        )
    version = EvidenceVersion.objects.create(
        document=document, team_id=document.team_id, number=last + 1, uploaded_by=by, **told
    )
    record(action="evidence.version", obj=document, by=by, data=_as_data(version))
    return version


def _taken_in(content: Content) -> dict[str, Any]:
    """The columns of a version; its file is stored. Raises Invalid."""
    method = content.method.strip()
    _check_words(method, "Say in a sentence how it was obtained", METHOD_MOST)
    effective_on = content.effective_on or timezone.localdate()
    if content.status not in GIVEN:
        raise Invalid(
            f"“{content.status[:40]}” cannot be said of a document.",
            code="evidence.status",
            remedy="Say declared or imported. Measured is what the platform finds itself.",
        )
    if problem := dates_problem(effective_on, content.expires_on):
        raise Invalid(problem, code="evidence.dates")
    told = {
        "method": method,
        "status": content.status,
        "effective_on": effective_on,
        "expires_on": content.expires_on,
    }
    return told | (_linked(content.link) if content.path is None else _stored(content.path, content.filename))


def _linked(link: str) -> dict[str, Any]:
    link = link.strip()
    if problem := link_problem(link):
        raise Invalid(problem, code="evidence.link")
    return {"link": link, "digest": sha256(link.encode()).hexdigest()}


def _stored(path: Path, filename: str) -> dict[str, Any]:
    name, size = tables.clean_filename(filename), path.stat().st_size
    if not size:
        raise Invalid("The file is empty.", code="evidence.empty_file")
    if size > FILE_MOST:
        raise Invalid(
            f"A document has up to {file_size(FILE_MOST)}; this one has {file_size(size)}.",
            code="evidence.too_large",
            remedy="Keep data and models where they belong, and put in the document about them.",
        )
    stored = storage.put_path(path)
    media_type = mimetypes.guess_type(name)[0] or UNKNOWN_TYPE
    return {"filename": name, "digest": stored.digest, "size": stored.size, "media_type": media_type[:100]}


def _check_words(words: str, wanted: str, most: int) -> None:
    if not words:
        raise Invalid(f"{wanted}.", code="evidence.words")
    if len(words) > most or "\x00" in words:
        raise Invalid(f"{wanted}, in up to {most} characters.", code="evidence.words")


def _as_data(version: EvidenceVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "digest": version.digest,
        "status": version.status,
        "effective_on": version.effective_on.isoformat(),
        "expires_on": version.expires_on.isoformat() if version.expires_on else "",
    }


@transaction.atomic
def evidence_document_withdraw(
    *, by: User, document: EvidenceDocument, reason: str, expect_supports: int = 0
) -> EvidenceDocument:
    """Take a document back with all its versions: it is kept, but answers that cite it turn stale.

    `expect_supports` is how many present answers it supports, as the person saw. Raises Invalid without a reason,
    Conflict for another number and where it was withdrawn already, Refused while an incident holds a version.
    """
    require(by, "evidence.withdraw", document.team_id)
    reason = _reason(reason)
    document = _locked(document)
    _check_not_withdrawn(document)
    require_all_free(document.versions.all())
    answers = _supported(document.versions.all(), expect_supports)
    document.withdrawn_by, document.withdrawn_at, document.withdrawn_because = by, timezone.now(), reason
    document.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_because"])
    record(action="evidence.withdraw", obj=document, by=by, reason=reason, data={"supported": answers})
    return document


@transaction.atomic
def evidence_version_withdraw(
    *, by: User, version: EvidenceVersion, reason: str, expect_supports: int = 0
) -> EvidenceVersion:
    """Take one version of a document back: it is kept, but answers that cite it turn stale, and where it was the
    newest, the one before is the newest again. Raises as `evidence_document_withdraw`.
    """
    require(by, "evidence.withdraw", version.team_id)
    reason = _reason(reason)
    document = _locked(version.document)
    version = EvidenceVersion.objects.select_related("document").get(pk=version.pk)
    if version.withdrawn_at is not None or document.withdrawn_at is not None:
        raise Conflict("This version was withdrawn already.", code="evidence.withdrawn")
    require_all_free(EvidenceVersion.objects.filter(pk=version.pk))
    answers = _supported([version], expect_supports)
    version.withdrawn_by, version.withdrawn_at, version.withdrawn_because = by, timezone.now(), reason
    version.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_because"])
    data = {"version": version.number, "digest": version.digest, "supported": answers}
    record(action="evidence.withdraw", obj=document, by=by, reason=reason, data=data)
    return version


def _supported(versions: Iterable[EvidenceVersion], expected: int) -> list[int]:
    """The ids of the answers that rest on it. Raises Conflict where they are not as many as the person saw."""
    answers = list(citations_of(versions).order_by("answer").values_list("answer", flat=True))
    if len(answers) != expected:
        number = f"{len(answers)} answer{' rests' if len(answers) == 1 else 's rest'}"
        raise Conflict(
            f"{number} on it; you expected {expected}.",
            code="evidence.supports",
            remedy="Look at what it supports, then withdraw it with that number as expect_supports.",
        )
    return answers


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid("Say why it is withdrawn; the reason is kept and shown.", code="reason.missing")
    return reason.strip()[:2_000]


def _locked(document: EvidenceDocument) -> EvidenceDocument:
    return EvidenceDocument.objects.select_for_update(of=("self",)).select_related("team").get(pk=document.pk)


def _check_not_withdrawn(document: EvidenceDocument) -> None:
    if document.withdrawn_at is not None:
        raise Conflict(
            f"“{document.title}” was withdrawn from the library.",
            code="evidence.withdrawn",
            remedy="Put it in anew if it is right again.",
        )
