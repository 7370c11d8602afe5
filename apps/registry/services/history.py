"""Taking over the versions of a model from another registry, under their own numbers and times."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.core.errors import Conflict
from apps.registry.models import ModelVersion, RegisteredModel
from apps.registry.services.models import model_held
from apps.registry.services.versions import version_create


@transaction.atomic
def version_take(
    *,
    by: User,
    model: RegisteredModel,
    number: int,
    created_at: datetime,
    source: str,
    run_id: str = "",
    model_id: str = "",
    description: str = "",
    tags: Iterable[tuple[str, str]] = (),
    origin: str,
) -> ModelVersion:
    """Make the version with this number. Raises Conflict when the number is behind the model's newest, or Invalid and
    NotFound as `version_create` does.
    """
    require(by, "version.create", model.team_id, shared=model)
    model_held(model)
    version = version_create(
        by=by, model=model, source=source, run_id=run_id, model_id=model_id, description=description, tags=tags
    )
    if version.number > number:
        raise Conflict(
            f"Version {number} of {model.name} cannot come after version {version.number - 1}.", code="version.number"
        )
    version.number, version.created_at, version.updated_at = number, created_at, created_at
    version.save(update_fields=["number", "created_at", "updated_at"])
    record(action="version.take", obj=version, by=by, data={"origin": origin, "number": number})
    return version
