"""Registering models and saying what they are for."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.services import in_turn, require
from apps.audit.services import record
from apps.catalog.rules.uses import intended_uses as intended_uses_listed
from apps.catalog.rules.uses import unknown_uses
from apps.core.errors import Conflict, Invalid
from apps.registry.models import RegisteredModel


@transaction.atomic
def model_create(
    *,
    by: User,
    team: Team,
    name: str,
    description: str = "",
    intended_purpose: str = "",
    intended_uses: Sequence[str] = (),
) -> RegisteredModel:
    """Register a model's name. Raises Conflict when the team already has one of this name, Invalid for unknown uses."""
    require(by, "model.create", team)
    name = name.strip()
    if not name:
        raise Invalid("A model needs a name.")
    uses = _uses(intended_uses)
    in_turn(team)
    if RegisteredModel.objects.filter(team=team, name=name, deleted_at=None).exists():
        raise Conflict(f"This team already has a model called “{name}”.", code="model.exists")
    model = RegisteredModel.objects.create(
        team=team,
        name=name,
        description=description,
        intended_purpose=intended_purpose,
        intended_uses=uses,
        created_by=by,
    )
    record(action="model.create", obj=model, by=by, data={"intended_uses": uses} if uses else {})
    return model


@transaction.atomic
def model_describe(
    *,
    by: User,
    model: RegisteredModel,
    intended_uses: Sequence[str],
    intended_purpose: str | None = None,
    reason: str,
) -> RegisteredModel:
    """Say what a model is meant for. Every version's terms are held against the uses; answers on them turn stale.

    Raises Invalid for a code that the list does not have, or without a reason.
    """
    require(by, "model.describe", model.team, shared=model)
    if not reason.strip():
        raise Invalid("Say why it changes; the reason is kept in the trail.", code="reason.missing")
    uses = _uses(intended_uses)
    model = RegisteredModel.objects.select_for_update(of=("self",)).select_related("team").get(pk=model.pk)
    data = {"before": model.intended_uses, "after": uses}
    model.intended_uses = uses
    if intended_purpose is not None:
        model.intended_purpose = intended_purpose
    model.updated_at = timezone.now()
    model.save(update_fields=["intended_uses", "intended_purpose", "updated_at"])
    record(action="model.describe", obj=model, by=by, reason=reason.strip(), data=data)
    return model


def _uses(codes: Sequence[str]) -> list[str]:
    """The codes in the order of the list, each once. Raises Invalid."""
    if unknown := unknown_uses(list(codes)):
        raise Invalid(f"There is no intended use “{unknown[0]}”.", code="uses.unknown")
    return [code for code in intended_uses_listed() if code in codes]
