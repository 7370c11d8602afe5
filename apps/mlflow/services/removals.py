"""Deletions that clients ask for, refused while a deployment still serves what would go."""

from collections.abc import Iterable

from django.db import transaction

from apps.accounts.models import User
from apps.core.errors import Conflict
from apps.registry.models import ModelVersion, RegisteredModel
from apps.registry.services import model_delete, version_delete
from apps.serving.queries import deployments_running

_REASON = "Deleted by an MLflow client."


@transaction.atomic
def version_remove(*, by: User, version: ModelVersion) -> None:
    """Delete a version. Raises Conflict while it is deployed or a protected alias points at it."""
    version_delete(by=by, version=version, reason=_REASON)
    _require_idle([version.pk])


@transaction.atomic
def model_remove(*, by: User, model: RegisteredModel) -> None:
    """Delete a model with its versions. Raises Conflict while one is deployed or carries a protected alias."""
    model_delete(by=by, model=model, reason=_REASON)
    _require_idle(model.versions.values_list("pk", flat=True))


def _require_idle(versions: Iterable[int]) -> None:
    """Asked after the deletion has locked the versions, so that nobody deploys one in between; undone if one runs."""
    running = deployments_running(versions).first()
    if running is not None:
        raise Conflict(
            f"The deployment “{running.name}” serves version {running.version.number}.",
            code="version.deployed",
            remedy="Stop the deployment first.",
        )
