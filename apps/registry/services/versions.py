"""Versions that tools make from what they logged; describing versions, and taking them and models out of use."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import in_turn, require
from apps.audit.services import record
from apps.core.canonical import digest_of
from apps.core.errors import Conflict
from apps.registry import rules
from apps.registry.models import LineageLink, ModelAlias, ModelVersion, RegisteredModel, VersionTag
from apps.registry.queries.names import version_missing
from apps.registry.rules.wording import description_checked, tags_checked
from apps.registry.services.aliases import alias_delete, aliases_end
from apps.registry.services.making import files_add, version_number_next
from apps.registry.services.models import model_held
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
    version = version_number_next(
        by=by,
        model=model,
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
    RegisteredModel.objects.filter(pk=model.pk).update(updated_at=version.created_at)
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
    version = _version_held(version)
    version.description, version.updated_at = description_checked(description), timezone.now()
    version.save(update_fields=["description", "updated_at"])
    record(action="version.word", obj=version, by=by, data={"digest": digest_of(version.description)})
    return version


@transaction.atomic
def version_delete(*, by: User, version: ModelVersion, reason: str = "") -> ModelVersion:
    """Take a version out of every list. Nothing is erased, its number is not used again, and its aliases end.

    Raises Conflict while a protected alias points at it.
    """
    require(by, "model.delete", version.team_id, shared=version.model)
    model = model_held(version.model)
    version = _version_held(version)
    _require_unprotected(model, version)
    aliases = aliases_end(by=by, version=version, reason=reason)
    now = timezone.now()
    ModelVersion.objects.filter(pk=version.pk).update(deleted_at=now, updated_at=now)
    RegisteredModel.objects.filter(pk=model.pk).update(updated_at=now)
    record(action="version.delete", obj=version, by=by, reason=reason, data={"aliases": aliases})
    version.deleted_at = version.updated_at = now
    return version


@transaction.atomic
def model_delete(*, by: User, model: RegisteredModel, reason: str = "") -> RegisteredModel:
    """Take a model and its versions out of every list. Nothing is erased, and the name is free for another.

    Raises Conflict while a protected alias points at one of its versions.
    """
    require(by, "model.delete", model.team_id, shared=model)
    in_turn(model.team_id)
    model = model_held(model)
    _require_unprotected(model)
    for name in ModelAlias.objects.filter(model=model).values_list("name", flat=True):
        alias_delete(by=by, model=model, name=name, reason=reason)
    now = timezone.now()
    count = ModelVersion.objects.filter(model=model, deleted_at=None).update(deleted_at=now, updated_at=now)
    RegisteredModel.objects.filter(pk=model.pk).update(deleted_at=now, updated_at=now)
    record(action="model.delete", obj=model, by=by, reason=reason, data={"versions": count})
    model.deleted_at = now
    return model


def _version_held(version: ModelVersion) -> ModelVersion:
    """The version as it is now, held until the transaction ends. Raises NotFound when somebody has deleted it."""
    held = ModelVersion.objects.select_for_update(of=("self",)).select_related("model")
    found = held.filter(pk=version.pk, deleted_at=None).first()
    if found is None:
        raise version_missing(version.model.name, version.number)
    return found


def _require_unprotected(model: RegisteredModel, version: ModelVersion | None = None) -> None:
    """Raises Conflict while a protected alias points at the version, or at any of the model."""
    held = ModelAlias.objects.filter(model=model, name__in=model.protected_aliases)
    if version is not None:
        held = held.filter(version=version)
    if names := list(held.values_list("name", flat=True)):
        what = "version" if version is not None else "model"
        raise Conflict(
            f"The protected alias “{names[0]}” points at this {what}.",
            code="alias.in_the_way",
            remedy="Move the alias to another version or take it away first.",
        )
