"""What the pages of checklists show beyond the assessment itself: how far it is, who may decide, where things are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from apps.accounts.queries import members_of, names_of, team_ids_where
from apps.catalog.models import DatasetVersion
from apps.checklist.models import Assessment
from apps.checklist.queries.assessments import makers_of
from apps.checklist.queries.policies import policies_for
from apps.checklist.queries.views import views_of
from apps.checklist.rules import UNKNOWN, AssessmentView, EvidenceView
from apps.checklist.rules.subjects import GENAIOPS
from apps.registry.models import ModelVersion
from apps.registry.queries import versions_seen_by
from apps.registry.rules import RETIRED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

_PAGES = {
    DatasetVersion._meta.label_lower: "catalog:version-detail",
    ModelVersion._meta.label_lower: "portal:version-detail",
}


@dataclass(frozen=True)
class Coverage:
    """How many of an assessment's questions have an answer, however it is known."""

    view: AssessmentView
    answered: int
    total: int

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.answered / self.total if self.total else 0.0


def coverage_of(view: AssessmentView) -> Coverage:
    """How far an assessment is."""
    total = sum(view.counts.values())
    return Coverage(view, total - view.counts.get(UNKNOWN, 0), total)


def coverages(assessments: Sequence[Assessment]) -> list[Coverage]:
    """How far each of these assessments is, in their order. Constant queries."""
    views = views_of(assessments)
    return [coverage_of(views[assessment.pk]) for assessment in assessments]


def versions_without_assessment(user: "User | AnonymousUser") -> QuerySet[ModelVersion]:
    """Versions for which the person could begin a checklist, newest first."""
    teams = team_ids_where(user, "assessment.answer")
    return versions_not_begun(user, GENAIOPS).filter(team_id__in=teams).exclude(manifest_digest="")


def versions_not_begun(user: "User | AnonymousUser", urn: str) -> QuerySet[ModelVersion]:
    """Versions that the person sees and that nobody holds against a framework, newest first; not those out of use."""
    begun = Assessment.objects.filter(framework=urn, version=OuterRef("pk"))
    versions = versions_seen_by(user).filter(~Exists(begun)).exclude(stage=RETIRED)
    return versions.order_by("-created_at", "-pk")


@dataclass(frozen=True)
class Deciders:
    """Who may sign an assessment off: names of those who may, those who may not with what they did, and, where the
    person who asks is one of these, what that is. `is_one` says whether their role counts."""

    may: list[str]
    may_not: list[tuple[str, str]]
    own_part: str
    is_one: bool


def deciders_of(user: "User | AnonymousUser", assessment: Assessment, view: AssessmentView) -> Deciders:
    """The team's people whose sign-off the policy counts, sorted by whether they had a part in the work; nobody
    decides on their own."""
    makers, roles = makers_of(assessment, view), policies_for([assessment])[assessment.pk].policy.roles
    approvers = {m.person.pk: str(m.person) for m in members_of(assessment.team) if not roles.isdisjoint(m.roles)}
    names = approvers | names_of(set(makers) - set(approvers))
    return Deciders(
        may=[name for pk, name in approvers.items() if pk not in makers],
        may_not=[(names.get(pk) or f"Person {pk}", part) for pk, part in makers.items()],
        own_part=makers.get(user.pk, "") if user.pk is not None else "",
        is_one=user.pk in approvers,
    )


def page_of(evidence: EvidenceView) -> str:
    """The address of what a piece of evidence speaks of; empty where it has no page, or was given by hand."""
    if evidence.cited is not None:
        return reverse("checklist:library-detail", args=[evidence.cited.document])
    name = _PAGES.get(evidence.subject_type) if evidence.collector else None
    return reverse(name, args=[evidence.subject_id]) if name else ""
