"""What a newer version of its framework would change in an assessment, and what became of answers nobody asks for."""

from apps.checklist.models import Answer, Assessment
from apps.checklist.queries.frameworks import framework, versions_of
from apps.checklist.rules import Framework
from apps.checklist.rules.frameworks import ChangeReport, changes_between
from apps.core.errors import Conflict, NotFound


def upgrade_offered(assessment: Assessment) -> Framework | None:
    """The newest version of the assessment's framework, where it is newer than the one in use."""
    newest = versions_of(assessment.framework)[0]
    return newest if newest.version > assessment.framework_version else None


def upgrade_report(assessment: Assessment, version: int | None = None) -> ChangeReport:
    """What moving to a newer version (the newest) would change. Raises Conflict where there is no newer one."""
    if version is None:
        version = versions_of(assessment.framework)[0].version
    if version <= assessment.framework_version:
        raise Conflict(
            f"This assessment is on version {assessment.framework_version} already.",
            code="assessment.newest",
            remedy="An assessment moves to a newer version only.",
        )
    return report_between(assessment.framework, assessment.framework_version, version)


def report_between(urn: str, first: int, last: int) -> ChangeReport:
    """What changed between two versions of a framework. Raises NotFound where one of them is not there."""
    before, after = framework(urn, first), framework(urn, last)
    if before.version >= after.version:
        raise NotFound("Changes are told from an earlier version to a later one.", code="framework.order")
    way = [one for one in reversed(versions_of(urn)) if before.version <= one.version <= after.version]
    return changes_between(way)


def report_before_loading(made: Framework) -> ChangeReport | None:
    """What a version that is not loaded yet would change beside the newest one; None where it is the first."""
    known = versions_of(made.urn)
    return changes_between([known[0], made]) if known else None


def no_longer_asked(assessment: Assessment) -> list[Answer]:
    """Answers whose questions the present version of the framework has no more, with their evidence.

    Those that moved on to another id are read there.
    """
    used = framework(assessment.framework, assessment.framework_version)
    way = [one for one in versions_of(assessment.framework) if one.version <= used.version]
    moved = {old for one in way for question in one.questions.values() for old in question.replaces}
    rows = assessment.answers.filter(is_current=True).exclude(question__in=[*used.questions, *moved])
    return list(rows.select_related("answered_by").prefetch_related("evidence__given_by"))


def old_questions(assessment: Assessment) -> dict[str, str]:
    """The words of every question that some earlier version of the assessment's framework asked, by its id."""
    earlier = [one for one in versions_of(assessment.framework) if one.version < assessment.framework_version]
    return {question.id: question.text for one in reversed(earlier) for question in one.questions.values()}
