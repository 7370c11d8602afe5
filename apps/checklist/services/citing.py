"""Citing the evidence library in an answer, and taking evidence off an answer."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.checklist.models import Answer, Assessment, Evidence, EvidenceDocument, EvidenceVersion
from apps.checklist.queries import framework
from apps.checklist.queries.cited import CITES, LIVE, standing_of
from apps.checklist.rules import UNKNOWN
from apps.checklist.services.answers import as_finding
from apps.checklist.services.library import SHOWS_MOST, Content, evidence_document_add
from apps.checklist.services.revisions import current_answer, locked, question_of, revise, statement_of
from apps.checklist.services.saying import check_unchanged
from apps.core.errors import Conflict, Invalid, NotFound

CITE, DETACH = "answer.cite", "answer.detach"
Change = Callable[[list[Evidence]], list[Evidence]]


@transaction.atomic
def evidence_cite(
    *,
    by: User,
    assessment: Assessment,
    question: str,
    version: EvidenceVersion,
    summary: str = "",
    expect_revision: int | None = None,
) -> Answer:
    """Let an answer cite a version of a document of the team's library, in place of any other version of the same
    document. `summary` says what it shows here; left out, what the library says of the document.

    Raises NotFound for a document of another team, Conflict for a version that no longer holds or is cited already and
    where the answer is not at `expect_revision` any more, Invalid for too many words.
    """
    require(by, "assessment.answer", assessment.team_id)
    if version.team_id != assessment.team_id:
        raise NotFound("The library of this assessment's team has no such document.", code="evidence.elsewhere")
    EvidenceDocument.objects.select_for_update(of=("self",)).get(pk=version.document_id)
    version = EvidenceVersion.objects.select_related("document").prefetch_related(LIVE).get(pk=version.pk)
    _check_holds(version)
    summary = summary.strip() or version.document.shows
    if len(summary) > SHOWS_MOST:
        raise Invalid(f"Say what it shows in up to {SHOWS_MOST} characters.", code="evidence.words")
    item = _citation(by, version, summary)

    def change(given: list[Evidence]) -> list[Evidence]:
        if any(one.cites_id == version.pk and one.summary == summary for one in given):
            raise Conflict("The answer cites this version already.", code="evidence.cited")
        return [one for one in given if one.cites is None or one.cites.document_id != version.document_id] + [item]

    return _changed(by, assessment, question, change, CITE, expect_revision)


def _check_holds(version: EvidenceVersion) -> None:
    standing = standing_of(version, timezone.localdate())
    if not standing.holds:
        raise Conflict(
            standing.outdated_because,
            code="evidence.outdated",
            remedy="Cite the newest version, or put a newer one into the library.",
        )


def _citation(by: User, version: EvidenceVersion, summary: str) -> Evidence:
    return Evidence(
        collector="",
        status=version.status,
        method=version.method,
        summary=summary,
        value={"link": version.link} if version.link else {"file": version.filename},
        subject_type=version._meta.label_lower,
        subject_id=str(version.pk),
        subject_label=f"{version.document.title[:180]}, version {version.number}",
        subject_digest=version.digest,
        cites=version,
        given_by=by,
    )


@transaction.atomic
def evidence_cite_new(
    *,
    by: User,
    assessment: Assessment,
    question: str,
    title: str,
    shows: str,
    content: Content,
    expect_revision: int | None = None,
) -> Answer:
    """Put a new document into the library of the assessment's team and let an answer cite it, in one go."""
    require(by, "assessment.answer", assessment.team_id)
    version = evidence_document_add(by=by, team=assessment.team, title=title, shows=shows, content=content)
    return evidence_cite(
        by=by, assessment=assessment, question=question, version=version, expect_revision=expect_revision
    )


@transaction.atomic
def evidence_drop(
    *, by: User, assessment: Assessment, question: str, evidence: int, reason: str, expect_revision: int | None = None
) -> Answer:
    """Take something that was given by hand off an answer, with a reason. The revision before keeps it.

    Raises NotFound for what is not behind the present answer or was collected, Invalid without a reason.
    """
    require(by, "assessment.answer", assessment.team_id)
    if not reason.strip():
        raise Invalid("Say why it no longer supports the answer; the reason is kept.", code="reason.missing")

    def change(given: list[Evidence]) -> list[Evidence]:
        kept = [one for one in given if one.pk != evidence]
        if len(kept) == len(given):
            raise NotFound(
                "The present answer has no such piece of evidence that was given by hand.",
                code="evidence.missing",
                remedy="Read the answer again. What the platform collects goes only when it finds something else.",
            )
        return kept

    return _changed(by, assessment, question, change, DETACH, expect_revision, reason.strip()[:2_000])


def _changed(
    by: User,
    assessment: Assessment,
    question: str,
    change: Change,
    action: str,
    expect_revision: int | None,
    reason: str = "",
) -> Answer:
    """The next revision of an answer, with other evidence given by hand; all else stays."""
    assessment = locked(assessment)
    used = framework(assessment.framework, assessment.framework_version)
    asked = question_of(used.questions, question)
    before = current_answer(assessment, question)
    check_unchanged(asked, used, before, expect_revision, is_basis_same=True)
    had = list(before.evidence.prefetch_related(CITES)) if before else []
    return revise(
        by=by,
        assessment=assessment,
        question=asked,
        before=before,
        status=before.status if before else UNKNOWN,
        statement=statement_of(before),
        findings=[as_finding(item) for item in had if item.collector],
        given=change([item for item in had if not item.collector]),
        action=action,
        reason=reason,
    )
