"""Registering models and saying what they are for."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.services import in_turn, require
from apps.audit.services import record
from apps.catalog.rules.uses import intended_uses as intended_uses_listed
from apps.catalog.rules.uses import unknown_uses
from apps.core.canonical import digest_of
from apps.core.errors import Conflict, Invalid
from apps.core.prepared import PreparedOne
from apps.registry.models import ModelTag, RegisteredModel
from apps.registry.queries.names import model_missing
from apps.registry.rules.wording import description_checked, is_prompt, model_name_checked, tags_checked

_HELD = PreparedOne(
    lambda pk: RegisteredModel.objects.select_for_update().filter(pk=pk, deleted_at=None).order_by(), pk=int
)


@transaction.atomic
def model_create(
    *,
    by: User,
    team: Team,
    name: str,
    description: str = "",
    intended_purpose: str = "",
    intended_uses: Sequence[str] = (),
    tags: Iterable[tuple[str, str]] = (),
) -> RegisteredModel:
    """Register a model's name. Raises Conflict when the team already has one of this name, Invalid for unknown uses."""
    require(by, "model.create", team)
    name, words = model_name_checked(name.strip()), tags_checked(tags)
    uses = _uses(intended_uses)
    in_turn(team)
    require_name_free(team.pk, name)
    model = RegisteredModel.objects.create(
        team=team,
        name=name,
        description=description,
        intended_purpose=intended_purpose,
        intended_uses=uses,
        is_prompt=is_prompt(words),
        created_by=by,
    )
    ModelTag.objects.bulk_create(ModelTag(model=model, key=key, value=value) for key, value in words.items())
    data = ({"intended_uses": uses} if uses else {}) | ({"tags": sorted(words)} if words else {})
    record(action="model.create", obj=model, by=by, data=data)
    return model


@transaction.atomic
def model_rename(*, by: User, model: RegisteredModel, name: str) -> RegisteredModel:
    """Give a model another name. Raises Conflict when the team already has one of this name."""
    require(by, "model.describe", model.team_id, shared=model)
    name = model_name_checked(name.strip())
    in_turn(model.team_id)
    model = model_held(model)
    before = model.name
    if name != before:
        require_name_free(model.team_id, name)
        model.name, model.updated_at = name, timezone.now()
        model.save(update_fields=["name", "updated_at"])
        record(action="model.rename", obj=model, by=by, data={"before": before, "after": name})
    return model


@transaction.atomic
def model_word(*, by: User, model: RegisteredModel, description: str) -> RegisteredModel:
    """Change the description of a model."""
    require(by, "model.describe", model.team_id, shared=model)
    model = model_held(model)
    model.description, model.updated_at = description_checked(description), timezone.now()
    model.save(update_fields=["description", "updated_at"])
    record(action="model.word", obj=model, by=by, data={"digest": digest_of(model.description)})
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


def model_held(model: RegisteredModel) -> RegisteredModel:
    """The model as it is now, held until the transaction ends. Raises NotFound when somebody has deleted it."""
    found = _HELD.found(RegisteredModel, pk=model.pk)
    if found is None:
        raise model_missing(model.name)
    return found


def require_name_free(team_id: int, name: str) -> None:
    """Raises Conflict when the name is taken. Prompts and models share their names, as they do with MLflow."""
    taken = RegisteredModel.objects.filter(team_id=team_id, name=name, deleted_at=None).first()
    if taken is not None:
        kind = "prompt" if taken.is_prompt else "model"
        raise Conflict(f"This team already has a {kind} called “{name}”.", code="model.exists")


def _uses(codes: Sequence[str]) -> list[str]:
    """The codes in the order of the list, each once. Raises Invalid."""
    if unknown := unknown_uses(list(codes)):
        raise Invalid(f"There is no intended use “{unknown[0]}”.", code="uses.unknown")
    return [code for code in intended_uses_listed() if code in codes]
