"""Versions that tools make from what they logged, and describing them."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.core.canonical import digest_of
from apps.incidents.services import require_free
from apps.registry import rules
from apps.registry.models import LineageLink, ModelVersion, RegisteredModel, VersionTag
from apps.registry.queries.names import version_missing
from apps.registry.rules.wording import description_checked, tags_checked
from apps.registry.services.making import files_add, version_number_next
from apps.registry.services.sourcing import origin_of
from apps.tracking.models import TrackingRun
from apps.tracking.rules.values import text


@transaction.atomic
def version_create(
    *,
    by: User,
    model: RegisteredModel,
    source: str,
    run_id: str = "",
    model_id: str = "",
    run_link: str = "",
    description: str = "",
    tags: Iterable[tuple[str, str]] = (),
) -> ModelVersion:
    """Make the model's next version from an address. Files of a run, a logged model or another version are taken over
    by digest, and those that may run code are held. Raises Invalid for an address that others cannot fetch from.
    """
    require(by, "version.create", model.team_id, shared=model)
    words = tags_checked(tags)
    origin = origin_of(by=by, model=model, source=source, run_id=run_id, model_id=model_id)
    now = timezone.now()
    version = version_number_next(
        by=by,
        model=model,
        changed_at=now,
        created_at=now,
        updated_at=now,
        source=origin.source,
        description=description_checked(description),
        run_link=text(run_link, "run_link", 500),
        tracking_run=origin.run,
        logged_model=origin.logged,
    )
    VersionTag.objects.bulk_create(VersionTag(version=version, key=key, value=value) for key, value in words.items())
    data = {"source": origin.source, "run": origin.run.uuid if origin.run else None, "tags": sorted(words)}
    if origin.files:
        files_add(version, origin.files)
        version.save(update_fields=["manifest_digest", "size"])
        data["manifest_digest"] = version.manifest_digest
    if origin.run is not None:
        _lineage_add(version, origin.run)
    record(action="version.create", obj=version, by=by, data=data)
    return version


def _lineage_add(version: ModelVersion, run: TrackingRun) -> None:
    """The dataset versions that the run is known to have read are what the version was trained on."""
    pks = run.inputs.exclude(dataset_version=None).values_list("dataset_version_id", flat=True).distinct()
    LineageLink.objects.bulk_create(
        LineageLink(version=version, relation=rules.TRAINED_ON, dataset_version_id=pk) for pk in pks
    )


@transaction.atomic
def version_word(*, by: User, version: ModelVersion, description: str) -> ModelVersion:
    """Change the description of a version."""
    require(by, "model.describe", version.team_id, shared=version.model)
    version = version_held(version)
    require_free(version)
    version.description, version.updated_at = description_checked(description), timezone.now()
    version.save(update_fields=["description", "updated_at"])
    record(action="version.word", obj=version, by=by, data={"digest": digest_of(version.description)})
    return version


def version_held(version: ModelVersion) -> ModelVersion:
    """The version as it is now, held until the transaction ends. Raises NotFound when somebody has deleted it."""
    held = ModelVersion.objects.select_for_update(of=("self",)).select_related("model")
    found = held.filter(pk=version.pk, deleted_at=None).first()
    if found is None:
        raise version_missing(version.model.name, version.number)
    return found
