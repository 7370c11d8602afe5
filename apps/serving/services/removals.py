"""Taking a version or a model out of use, refused while a deployment still serves what would go."""

from collections.abc import Iterable

from django.db import transaction

from apps.accounts.models import User
from apps.core.errors import Conflict
from apps.registry.models import ModelVersion, RegisteredModel
from apps.registry.services import model_delete, version_delete
from apps.serving.queries import deployments_running


@transaction.atomic
def version_remove(*, by: User, version: ModelVersion, reason: str) -> ModelVersion:
    """Take a version out of every list; its page stays. Raises Conflict while it is deployed, works in a system or
    carries a protected alias, and Invalid without a reason.
    """
    removed = version_delete(by=by, version=version, reason=reason)
    _require_idle([version.pk])
    return removed


@transaction.atomic
def model_remove(*, by: User, model: RegisteredModel, reason: str) -> RegisteredModel:
    """Take a model with its versions out of every list; their pages stay. Raises as `version_remove` does."""
    removed = model_delete(by=by, model=model, reason=reason)
    _require_idle(model.versions.values_list("pk", flat=True))
    return removed


def _require_idle(versions: Iterable[int]) -> None:
    """Asked after the removal has locked the versions, so that nobody deploys one in between; undone if one runs."""
    running = deployments_running(versions).first()
    if running is not None:
        raise Conflict(
            f"The deployment “{running.name}” serves version {running.version.number}.",
            code="version.deployed",
            remedy="Stop the deployment first.",
        )
