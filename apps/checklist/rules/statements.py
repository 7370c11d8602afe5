"""What a person's statement speaks of, and what must not have changed for it to hold."""

from apps.checklist.rules.findings import Finding, Known
from apps.checklist.rules.frameworks import Question
from apps.core.canonical import digest_of

DEPLOYMENT = "deployment"
GONE = "{label}: what this evidence speaks of is no longer there."
CHANGED = "{label}: it has changed since the evidence was collected."


def statement_basis(question: Question, known: Known) -> str:
    """The digest of everything a statement about this question speaks of at this moment.

    A statement made while a scan had found nothing does not cover what a later scan finds. Deployments are the
    exception: they come after approval, and what was planned is compared with them, not replaced by them.
    """
    key = (question.subject, question.collectors)
    if key not in known.bases:
        known.bases[key] = _basis(question, known)
    return known.bases[key]


def _basis(question: Question, known: Known) -> str:
    subject = known.subject_digests[question.subject]
    if question.subject == DEPLOYMENT:
        return digest_of({"subject": subject})
    found = sorted([*finding.subject, finding.subject_digest] for finding in known.of(question.collectors))
    return digest_of({"subject": subject, "findings": found})


def stale_because(
    subject: tuple[str, str, str], digest: str, label: str, present: dict[tuple[str, str, str], str]
) -> str:
    """Why evidence with this digest no longer holds, as a sentence; empty when it does. Evidence by hand does."""
    if not subject[0]:
        return ""
    if subject not in present:
        return GONE.format(label=label)
    return "" if present[subject] == digest else CHANGED.format(label=label)


def as_rows(findings: list[Finding]) -> set[tuple[str, ...]]:
    """What two collections are compared by: equal rows mean that nothing new was found."""
    return {(*f.subject, f.subject_label, f.status, f.subject_digest, f.summary) for f in findings}
