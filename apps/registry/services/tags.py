"""The words that people hang on models and versions."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.core.canonical import digest_of
from apps.incidents.services import require_free
from apps.registry.models import ModelTag, ModelVersion, RegisteredModel, VersionTag
from apps.registry.rules.wording import PROMPT_TAG, tag_checked


@transaction.atomic
def model_tag_set(*, by: User, model: RegisteredModel, key: str, value: str) -> None:
    """Hang a tag on a model, or change its value. Raises Invalid for a key or a value that is too long."""
    require(by, "model.describe", model.team_id, shared=model)
    key, value = tag_checked(key, value)
    tag = ModelTag(model=model, key=key, value=value)
    ModelTag.objects.bulk_create([tag], update_conflicts=True, unique_fields=["model", "key"], update_fields=["value"])
    _model_touch(model, key, is_prompt=value.lower() == "true")
    record(action="model.tag", obj=model, by=by, data={"key": key, "digest": digest_of(value)})


@transaction.atomic
def model_tag_delete(*, by: User, model: RegisteredModel, key: str) -> None:
    """Take a tag off a model; nothing happens where there is none, as MLflow's clients expect."""
    require(by, "model.describe", model.team_id, shared=model)
    if ModelTag.objects.filter(model=model, key=key).delete()[0]:
        _model_touch(model, key, is_prompt=False)
        record(action="model.untag", obj=model, by=by, data={"key": key})


@transaction.atomic
def version_tag_set(*, by: User, version: ModelVersion, key: str, value: str) -> None:
    """Hang a tag on a version, or change its value. Raises Invalid for a key or a value that is too long."""
    require(by, "model.describe", version.team_id, shared=version.model)
    require_free(version)
    key, value = tag_checked(key, value)
    tag = VersionTag(version=version, key=key, value=value)
    VersionTag.objects.bulk_create(
        [tag], update_conflicts=True, unique_fields=["version", "key"], update_fields=["value"]
    )
    _version_touch(version)
    record(action="version.tag", obj=version, by=by, data={"key": key, "digest": digest_of(value)})


@transaction.atomic
def version_tag_delete(*, by: User, version: ModelVersion, key: str) -> None:
    """Take a tag off a version; nothing happens where there is none."""
    require(by, "model.describe", version.team_id, shared=version.model)
    require_free(version)
    if VersionTag.objects.filter(version=version, key=key).delete()[0]:
        _version_touch(version)
        record(action="version.untag", obj=version, by=by, data={"key": key})


def _model_touch(model: RegisteredModel, key: str, *, is_prompt: bool) -> None:
    """Note the change. The tag by which MLflow knows prompts is read of its column, which lists can be filtered by."""
    more = {"is_prompt": is_prompt} if key == PROMPT_TAG else {}
    RegisteredModel.objects.filter(pk=model.pk).update(updated_at=timezone.now(), **more)


def _version_touch(version: ModelVersion) -> None:
    ModelVersion.objects.filter(pk=version.pk).update(updated_at=timezone.now())
