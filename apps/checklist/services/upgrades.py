"""Moving an assessment to a newer version of its framework, with nothing lost that was said."""

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.checklist.models import Answer, Assessment, Evidence
from apps.checklist.queries.upgrades import upgrade_report
from apps.checklist.rules import OPEN
from apps.checklist.rules.frameworks import MOVED, Change, ChangeReport
from apps.checklist.services.revisions import by_hand, current_answers, locked, revise, statement_of
from apps.core.errors import Conflict

UPGRADE, CARRY = "assessment.upgrade", "answer.carry"


@transaction.atomic
def assessment_upgrade(*, by: User, assessment: Assessment, version: int | None = None) -> ChangeReport:
    """Hold the assessment against a newer version of its framework (the newest), and open it again.

    Answers stay where the question's id stands; where a question replaces others, the first answer among them goes
    on with it. All others stay readable as no longer asked. Raises Conflict where there is no newer version,
    or it is made for other things, NotFound for one that is not there.
    """
    require(by, "assessment.answer", assessment.team_id)
    assessment = locked(assessment)
    report = upgrade_report(assessment, version)
    _check_subject(assessment, report)
    was = assessment.state
    assessment.framework_version = report.after.version
    assessment.state, assessment.submitted_by, assessment.submitted_at = OPEN, None, None
    assessment.save(update_fields=["framework_version", "state", "submitted_by", "submitted_at"])
    answers = current_answers(assessment)
    for change in report.of(MOVED):
        _carry(by, assessment, change, answers)
    data = {
        "framework": report.after.urn,
        "from": report.before.version,
        "to": report.after.version,
        "digest": report.after.digest,
        "state_before": was,
        "changes": report.counts,
    }
    record(action=UPGRADE, obj=assessment, by=by, data=data)
    return report


def _check_subject(assessment: Assessment, report: ChangeReport) -> None:
    if assessment.subject_kind not in report.after.subjects:
        raise Conflict(
            f"Version {report.after.version} is no longer made for this kind of thing, but for: "
            f"{report.after.subject_labels}.",
            code="assessment.kind",
            remedy="Stay on the present version, or hold something else against the newer one.",
        )


def _carry(by: User, assessment: Assessment, change: Change, answers: dict[str, Answer]) -> None:
    """Go on with an answer under the question's new id, with its words, its author and all evidence behind it."""
    before, after = change.before, change.after
    if before is None or after is None or before.id not in answers or after.id in answers:
        return
    old = answers[before.id]
    new = revise(
        by=by,
        assessment=assessment,
        question=after,
        before=None,
        status=old.status,
        statement=statement_of(old),
        findings=(),
        given=by_hand(old),
        action=CARRY,
    )
    Answer.objects.filter(pk=new.pk).update(answered_at=old.answered_at)  # it was said then, not now
    collected = [item for item in old.evidence.all() if item.collector in after.collectors]
    for item in collected:
        item.pk, item.answer = None, new
    Evidence.objects.bulk_create(collected)
    answers[after.id] = new
