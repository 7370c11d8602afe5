"""What can be held against which framework: the things a person sees, their assessments, and what could be begun."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from apps.accounts.queries import may
from apps.catalog.queries import dataset_version_seen, dataset_versions_seen_by
from apps.checklist.models import Assessment
from apps.checklist.models.assessments import Subject
from apps.checklist.queries.assessments import assessments_seen_by
from apps.checklist.queries.frameworks import frameworks
from apps.checklist.queries.pages import Coverage, coverages
from apps.checklist.queries.subjects import page_of_subject
from apps.checklist.rules import Framework
from apps.checklist.rules.frameworks import ASSESSED, DATASET, DEPLOYMENT, SYSTEM, VERSION
from apps.checklist.rules.subjects import FIELDS
from apps.core.errors import NotFound
from apps.registry.models import ModelVersion
from apps.registry.queries import system_seen, systems_seen_by, version_seen, versions_seen_by
from apps.registry.rules import RETIRED
from apps.serving.queries import deployment_seen, deployments_seen_by

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

_SEEN: dict[str, Callable[..., Subject]] = {
    SYSTEM: system_seen,
    VERSION: version_seen,
    DATASET: dataset_version_seen,
    DEPLOYMENT: deployment_seen,
}
_LISTED: dict[str, Callable[..., "QuerySet[Any]"]] = {
    SYSTEM: systems_seen_by,
    VERSION: versions_seen_by,
    DATASET: dataset_versions_seen_by,
    DEPLOYMENT: deployments_seen_by,
}
_NAMED_BY = {SYSTEM: "name", VERSION: "model__name", DATASET: "dataset__name", DEPLOYMENT: "name"}


def subject_seen(user: "User | AnonymousUser", kind: str, pk: int) -> Subject:
    """One thing of this kind. Raises NotFound where there is none, or it is not to be seen."""
    if kind not in _SEEN:
        raise NotFound("There is no such object, or you may not see it.")
    return _SEEN[kind](user, pk)


def subjects_listed_for(user: "User | AnonymousUser", kind: str, search: str = "") -> "QuerySet[Any]":
    """The things of this kind that the person sees, newest first; with `search`, those whose name holds it."""
    rows: QuerySet[Any] = _LISTED[kind](user)
    if search:
        rows = rows.filter(**{f"{_NAMED_BY[kind]}__icontains": search})
    return rows.order_by("-created_at", "-pk")


@dataclass(frozen=True)
class SubjectPage:
    """One thing with its assessments, and the frameworks against which it could be held next."""

    kind: str
    kind_label: str
    subject: Subject
    page: str
    field: str
    rows: list[Coverage]
    offered: list[Framework]
    may_begin: bool


def subject_page(user: "User | AnonymousUser", kind: str, pk: int) -> SubjectPage:
    """Everything that a thing is held against. Raises NotFound. Constant queries."""
    subject = subject_seen(user, kind, pk)
    found = list(assessments_seen_by(user).filter(**{FIELDS[kind]: subject.pk}))
    begun = {one.framework for one in Assessment.objects.filter(**{FIELDS[kind]: subject.pk})}
    offered = [one for one in frameworks() if kind in one.subjects and one.urn not in begun]
    return SubjectPage(
        kind=kind,
        kind_label=ASSESSED[kind],
        subject=subject,
        page=page_of_subject(kind, pk),
        field=FIELDS[kind],
        rows=coverages(found),
        offered=offered,
        may_begin=may(user, "assessment.answer", subject.team_id) and _is_ready(subject),
    )


def _is_ready(subject: Subject) -> bool:
    """Whether there is something to speak of: a version needs its files, and is not out of use."""
    if not isinstance(subject, ModelVersion):
        return True
    return bool(subject.manifest_digest) and subject.stage != RETIRED
