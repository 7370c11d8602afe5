"""Reading what was removed: by whom, when and why; the pages of removed versions and models stay."""

from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet

from apps.accounts.queries import team_ids_seen_by
from apps.core.errors import NotFound
from apps.registry.models import ModelVersion, RegisteredModel, Removal
from apps.registry.queries.models import MISSING, models_on_record_for, versions_on_record_for

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def removals_seen_by(user: "User | AnonymousUser") -> QuerySet[Removal]:
    """Every withdrawal in the person's teams, ended ones among them, newest first."""
    rows = Removal.objects.filter(team_id__in=team_ids_seen_by(user))
    return rows.select_related("model", "version__model", "removed_by", "restored_by")


def version_on_record(user: "User | AnonymousUser", pk: int) -> ModelVersion:
    """One version, removed or not. Raises NotFound when it is not there or not to be seen."""
    found = versions_on_record_for(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def model_on_record(user: "User | AnonymousUser", pk: int) -> RegisteredModel:
    """One model, removed or not. Raises NotFound when it is not there or not to be seen."""
    found = models_on_record_for(user).select_related("team", "created_by").filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def removal_of(version: ModelVersion) -> Removal | None:
    """Who removed the version, or the whole model; None for one in use. The version's own withdrawal comes first."""
    if version.deleted_at is None:
        return None
    rows = Removal.objects.filter(Q(version=version) | Q(version=None), model=version.model_id, restored_at=None)
    return rows.select_related("removed_by", "model", "version").order_by(F("version_id").asc(nulls_last=True)).first()


def removal_of_model(model: RegisteredModel) -> Removal | None:
    """Who removed the model; None for one in use."""
    if model.deleted_at is None:
        return None
    rows = Removal.objects.filter(model=model, version=None, restored_at=None)
    return rows.select_related("removed_by").first()


def removed_versions_of(model: RegisteredModel) -> QuerySet[ModelVersion]:
    """The removed versions of one model, newest first."""
    rows = ModelVersion.objects.filter(model=model).exclude(deleted_at=None)
    return rows.select_related("created_by").order_by("-number")
