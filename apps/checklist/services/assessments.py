"""Holding something against a framework."""

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.catalog.models import DatasetVersion
from apps.checklist.models import Assessment
from apps.checklist.queries import GENAIOPS, framework
from apps.checklist.rules.frameworks import ASSESSED, DATASET, DEPLOYMENT, SYSTEM, VERSION
from apps.checklist.rules.subjects import FIELDS
from apps.core.errors import Conflict, Invalid
from apps.registry.models import AISystem, ModelVersion
from apps.serving.models import Deployment


@transaction.atomic
def assessment_create(
    *,
    by: User,
    version: ModelVersion | None = None,
    system: AISystem | None = None,
    dataset_version: DatasetVersion | None = None,
    deployment: Deployment | None = None,
    urn: str = GENAIOPS,
) -> Assessment:
    """Hold exactly one thing against the newest version of a framework.

    Raises Invalid unless one is given and the framework is made for its kind, Conflict when that was begun already.
    """
    given = {SYSTEM: system, VERSION: version, DATASET: dataset_version, DEPLOYMENT: deployment}
    subjects = [(kind, one) for kind, one in given.items() if one is not None]
    if len(subjects) != 1:
        raise Invalid(
            "An assessment speaks of exactly one thing.",
            code="assessment.subject",
            remedy=f"Name one of: {', '.join(FIELDS.values())}.",
        )
    [(kind, subject)] = subjects
    require(by, "assessment.answer", subject.team_id)
    used = framework(urn)
    if kind not in used.subjects:
        made_for = ", ".join(ASSESSED[one].lower() for one in used.subjects)
        raise Invalid(
            f"“{used.title}” is not made for this kind of thing, but for: {made_for}.",
            code="assessment.kind",
            remedy="Choose another framework.",
        )
    named = {FIELDS[kind]: subject}
    if Assessment.objects.filter(**named, framework=urn).exists():
        raise Conflict(
            f"{subject} is held against this framework already.",
            code="assessment.exists",
            remedy="Open the one that is there.",
        )
    assessment = Assessment.objects.create(
        **named, team_id=subject.team_id, framework=urn, framework_version=used.version, created_by=by
    )
    data = {
        FIELDS[kind]: subject.pk,
        "framework": urn,
        "framework_version": used.version,
        "framework_digest": used.digest,
    }
    record(action="assessment.create", obj=assessment, by=by, data=data)
    return assessment
