"""What is known at present of everything that assessments speak of, and where each has its page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from apps.catalog.models import DatasetVersion
from apps.checklist.models import Assessment
from apps.checklist.queries.collectors import known_from, known_of_data, known_of_deployment, known_of_system
from apps.checklist.queries.collectors.systems import SystemFacts
from apps.checklist.queries.facts import facts_of
from apps.checklist.queries.watching import watched_of_systems
from apps.checklist.rules import Known
from apps.checklist.rules.frameworks import DATASET, DEPLOYMENT, SYSTEM, VERSION
from apps.checklist.rules.subjects import Part, merged
from apps.core.canonical import digest_of
from apps.registry.models import AISystem, ModelVersion, SystemVersion
from apps.serving.models import Deployment

Key = tuple[str, int]  # the kind of subject and its number
_PAGES = {
    SYSTEM: "systems:system-detail",
    VERSION: "portal:version-detail",
    DATASET: "catalog:version-detail",
    DEPLOYMENT: "serving:deployment-detail",
}


@dataclass(frozen=True)
class Knowledge:
    """What is known of each subject, of the versions at work in each system, and which those are."""

    known: dict[Key, Known]
    parts: dict[int, tuple[int, ...]]

    def of(self, assessment: Assessment) -> Known:
        """What is known of the thing that an assessment speaks of."""
        return self.known[key_of(assessment)]

    def keys_behind(self, assessment: Assessment) -> list[Key]:
        """The thing itself and, for a system, the versions at work in it."""
        key = key_of(assessment)
        return [key, *((VERSION, pk) for pk in self.parts.get(key[1], ()) if key[0] == SYSTEM)]


def key_of(assessment: Assessment) -> Key:
    """Which thing an assessment speaks of."""
    return (assessment.subject_kind, assessment.subject_id)


def page_of_subject(kind: str, pk: int) -> str:
    """The address of the page of a thing that assessments speak of."""
    return reverse(_PAGES[kind], args=[pk])


def knowledge_of(assessments: Sequence[Assessment]) -> Knowledge:
    """Everything that the platform knows at present of what these assessments speak of.

    The number of queries does not depend on how many there are. The assessments come with their subjects read.
    """
    subjects = [assessment.subject for assessment in assessments]
    systems = {one.pk: one for one in subjects if isinstance(one, AISystem)}
    deployments = {one.pk: one for one in subjects if isinstance(one, Deployment)}
    data = {one.pk: one for one in subjects if isinstance(one, DatasetVersion)}
    parts = _at_work(systems)
    versions = {one.pk: one for one in subjects if isinstance(one, ModelVersion)}
    versions |= {one.pk: one for ones in parts.values() for one in ones}
    facts = facts_of(list({**versions, **{one.version_id: one.version for one in deployments.values()}}.values()))
    known: dict[Key, Known] = {(VERSION, pk): known_from(facts[pk]) for pk in versions}
    known |= {(DATASET, pk): found for pk, found in known_of_data(list(data.values())).items()}
    for pk, one in deployments.items():
        known[DEPLOYMENT, pk] = known_of_deployment(one, facts[one.version_id])
    watched = watched_of_systems(systems.values())
    for pk, system in systems.items():
        together = merged([_part(one, known[VERSION, one.pk]) for one in parts[pk]], _digest(system))
        own = SystemFacts(system, watched[pk], tuple(facts[one.pk] for one in parts[pk]))
        known[SYSTEM, pk] = known_of_system(together, own)
    return Knowledge(known, {pk: tuple(one.pk for one in ones) for pk, ones in parts.items()})


def _at_work(systems: Iterable[int]) -> dict[int, list[ModelVersion]]:
    """The versions at work in each of these systems, the one that came first at the head."""
    found: dict[int, list[ModelVersion]] = defaultdict(list)
    rows = SystemVersion.objects.filter(system__in=list(systems), until=None).select_related("version__model")
    for row in rows.order_by("since", "pk"):
        found[row.system_id].append(row.version)
    return found


def _part(version: ModelVersion, known: Known) -> Part:
    return Part(version._meta.label_lower, str(version.pk), str(version), known)


def _digest(system: AISystem) -> str:
    """Changes with what is on record about the system itself, not with the versions that work in it."""
    told = {
        "description": system.description,
        "intended_purpose": system.intended_purpose,
        "owner": system.owner_id,
        "risk_class": system.risk_class,
        "risk_reason": system.risk_reason,
    }
    return digest_of(told)
