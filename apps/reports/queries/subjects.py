"""What documents can be about: the things a person sees, and where each has its page."""

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse

from apps.catalog.models import DatasetVersion
from apps.checklist.queries.starting import subject_seen as assessed_seen
from apps.checklist.queries.starting import subjects_listed_for as assessed_listed_for
from apps.checklist.queries.subjects import page_of_subject as page_of_assessed
from apps.core.errors import Conflict, NotFound
from apps.incidents.models import Incident
from apps.incidents.queries import incident_seen, incidents_seen_by
from apps.registry.models import AISystem, ModelVersion, SystemVersion
from apps.reports.rules.documents.spec import DATASET, DEPLOYMENT, INCIDENT, SUBJECTS, SYSTEM, VERSION
from apps.serving.models import Deployment

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

Subject = ModelVersion | AISystem | Deployment | DatasetVersion | Incident
MODELS: dict[str, type[Any]] = {
    VERSION: ModelVersion,
    SYSTEM: AISystem,
    DEPLOYMENT: Deployment,
    DATASET: DatasetVersion,
    INCIDENT: Incident,
}


def kind_of_subject(subject: Subject) -> str:
    """Which kind of thing it is, one of `SUBJECTS`."""
    return next(kind for kind, model in MODELS.items() if isinstance(subject, model))


def subject_seen(user: "User | AnonymousUser", kind: str, pk: int) -> Subject:
    """One thing of this kind. Raises NotFound where there is none, or it is not to be seen."""
    if kind not in SUBJECTS:
        raise NotFound("There is no such object, or you may not see it.")
    return incident_seen(user, pk) if kind == INCIDENT else assessed_seen(user, kind, pk)


def subject_of(kind: str, pk: int) -> Subject:
    """The thing that a run is about, for the worker that does it. Raises Conflict where it is gone."""
    found: Subject | None = MODELS[kind]._default_manager.filter(pk=pk).first()
    if found is None:
        raise Conflict("What this is about was removed meanwhile.", code="document.subject_gone")
    return found


def subjects_listed_for(user: "User | AnonymousUser", kind: str, search: str = "") -> QuerySet[Any]:
    """The things of this kind that the person sees, newest first; with `search`, those whose name holds it."""
    if kind != INCIDENT:
        return assessed_listed_for(user, kind, search)
    rows = incidents_seen_by(user)
    return rows.filter(title__icontains=search) if search else rows


def page_of_subject(kind: str, pk: int) -> str:
    """The address of the thing's own page."""
    if kind == INCIDENT:
        return reverse("incidents:incident-detail", args=[pk])
    return page_of_assessed(kind, pk)


def is_of_small_provider(subject: Subject) -> bool:
    """Whether the thing is a system marked as that of a small provider, or works in such systems only."""
    if isinstance(subject, AISystem):
        return subject.is_small_provider
    if isinstance(subject, Deployment):
        return is_of_small_provider(subject.version)
    if not isinstance(subject, ModelVersion):
        return False
    parts = SystemVersion.objects.filter(version=subject, until=None, system__team_id=subject.team_id)
    marks = set(parts.values_list("system__is_small_provider", flat=True))
    return marks == {True}
