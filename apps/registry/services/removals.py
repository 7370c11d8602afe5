"""Taking versions and models out of every list, and bringing them back. Nothing is erased.

Pages and tools come through `apps.serving.services`, which also asks whether a deployment serves what would go.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import in_turn, require
from apps.audit.services import record
from apps.core.errors import Conflict, Invalid
from apps.incidents.services import require_all_free, require_free
from apps.registry.models import ModelAlias, ModelVersion, RegisteredModel, Removal, SystemVersion
from apps.registry.services.aliases import alias_delete, aliases_end
from apps.registry.services.models import model_held, require_name_free
from apps.registry.services.versions import version_held


@transaction.atomic
def version_delete(*, by: User, version: ModelVersion, reason: str) -> ModelVersion:
    """Take a version out of every list. Nothing is erased, its number is not used again, and its aliases end.

    Raises Conflict while a protected alias points at it or it works in a system, Invalid without a reason.
    """
    require(by, "model.delete", version.team_id, shared=version.model)
    reason = _reason(reason)
    model = model_held(version.model)
    version = version_held(version)
    require_free(version)
    _require_unprotected(model, version)
    _require_outside_systems(model, version)
    aliases = aliases_end(by=by, version=version, reason=reason)
    now = timezone.now()
    ModelVersion.objects.filter(pk=version.pk).update(deleted_at=now, updated_at=now)
    RegisteredModel.objects.filter(pk=model.pk).update(updated_at=now)
    _removal_create(by, model, version, now, reason)
    record(action="version.delete", obj=version, by=by, reason=reason, data={"aliases": aliases})
    version.deleted_at = version.updated_at = now
    return version


@transaction.atomic
def model_delete(*, by: User, model: RegisteredModel, reason: str) -> RegisteredModel:
    """Take a model and its versions out of every list. Nothing is erased, and the name is free for another.

    Raises Conflict while a protected alias points at one of its versions or one works in a system, Invalid without a
    reason.
    """
    require(by, "model.delete", model.team_id, shared=model)
    reason = _reason(reason)
    in_turn(model.team_id)
    model = model_held(model)
    require_all_free(ModelVersion.objects.filter(model=model))
    _require_unprotected(model)
    _require_outside_systems(model)
    for name in ModelAlias.objects.filter(model=model).values_list("name", flat=True):
        alias_delete(by=by, model=model, name=name, reason=reason)
    now = timezone.now()
    count = ModelVersion.objects.filter(model=model, deleted_at=None).update(deleted_at=now, updated_at=now)
    RegisteredModel.objects.filter(pk=model.pk).update(deleted_at=now, updated_at=now)
    _removal_create(by, model, None, now, reason)
    record(action="model.delete", obj=model, by=by, reason=reason, data={"versions": count})
    model.deleted_at = now
    return model


@transaction.atomic
def version_restore(*, by: User, version: ModelVersion, reason: str) -> ModelVersion:
    """Bring a removed version back as it was, without its aliases; its files are due to be read against their digests.

    Raises Conflict when it is in use, or when its whole model was removed.
    """
    require(by, "model.delete", version.team_id, shared=version.model)
    reason = _reason(reason)
    model = RegisteredModel.objects.select_for_update().get(pk=version.model_id)
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=version.pk)
    if version.deleted_at is None:
        raise Conflict(f"{version} is not removed.", code="version.in_use")
    if model.deleted_at is not None:
        raise Conflict(f"The whole model {model} is removed.", code="model.removed", remedy="Restore the model first.")
    now = timezone.now()
    ModelVersion.objects.filter(pk=version.pk).update(deleted_at=None, updated_at=now, checked_at=None)
    RegisteredModel.objects.filter(pk=model.pk).update(updated_at=now)
    _removal_end(by, model, version, now, reason)
    record(action="version.restore", obj=version, by=by, reason=reason)
    version.deleted_at, version.checked_at = None, None
    return version


@transaction.atomic
def model_restore(*, by: User, model: RegisteredModel, reason: str) -> RegisteredModel:
    """Bring a removed model back with the versions that went with it; those removed before stay removed.

    Raises Conflict when it is in use, or when another model of the team carries its name now.
    """
    require(by, "model.delete", model.team_id, shared=model)
    reason = _reason(reason)
    in_turn(model.team_id)
    model = RegisteredModel.objects.select_for_update(of=("self",)).select_related("team").get(pk=model.pk)
    if model.deleted_at is None:
        raise Conflict(f"{model} is not removed.", code="model.in_use")
    require_name_free(model.team_id, model.name)
    now = timezone.now()
    went_along = ModelVersion.objects.filter(model=model, deleted_at=model.deleted_at)
    count = went_along.update(deleted_at=None, updated_at=now, checked_at=None)
    RegisteredModel.objects.filter(pk=model.pk).update(deleted_at=None, updated_at=now)
    _removal_end(by, model, None, now, reason)
    record(action="model.restore", obj=model, by=by, reason=reason, data={"versions": count})
    model.deleted_at = None
    return model


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid("Say why; the reason is kept and shown on its page.", code="reason.missing")
    return reason.strip()


def _removal_create(by: User, model: RegisteredModel, version: ModelVersion | None, now: datetime, reason: str) -> None:
    Removal.objects.create(
        team_id=model.team_id, model=model, version=version, removed_by=by, removed_at=now, reason=reason
    )


def _removal_end(by: User, model: RegisteredModel, version: ModelVersion | None, now: datetime, reason: str) -> None:
    rows = Removal.objects.filter(model=model, version=version, restored_at=None)
    rows.update(restored_by=by, restored_at=now, restored_why=reason)


def _require_unprotected(model: RegisteredModel, version: ModelVersion | None = None) -> None:
    """Raises Conflict while a protected alias points at the version, or at any of the model."""
    held = ModelAlias.objects.filter(model=model, name__in=model.protected_aliases)
    if version is not None:
        held = held.filter(version=version)
    if names := list(held.values_list("name", flat=True)):
        what = "this version" if version is not None else "a version of this model"
        raise Conflict(
            f"The protected alias “{names[0]}” points at {what}.",
            code="alias.in_the_way",
            remedy="Move the alias to another version or take it away first.",
        )


def _require_outside_systems(model: RegisteredModel, version: ModelVersion | None = None) -> None:
    """Raises Conflict while the version, or any of the model, is on record as working in a system."""
    which = {"version": version} if version is not None else {"version__model": model}
    part = SystemVersion.objects.filter(until=None, **which).select_related("system", "version").first()
    if part is not None:
        raise Conflict(
            f"Version {part.version.number} works in the system “{part.system}”.",
            code="version.in_system",
            remedy="Say on the system's page since when it no longer does.",
        )
