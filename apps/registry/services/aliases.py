"""The names that point at versions: set, moved, taken away, and which of them are protected."""

from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.registry.models import AliasMove, ModelAlias, ModelVersion, RegisteredModel
from apps.registry.queries.aliases import alias_missing
from apps.registry.rules.aliases import MOST_PROTECTED, alias_problem


@transaction.atomic
def alias_set(
    *,
    by: User,
    model: RegisteredModel,
    name: str,
    version: ModelVersion,
    reason: str = "",
    expect_version: int | None = None,
) -> ModelAlias:
    """Let an alias point at a version, whether it is new or pointed elsewhere before.

    `expect_version` is the number that the person believes it points at now (0: at none); of two who move it at once
    one wins and the other is told. Raises Refused (`alias.protected`) when the alias is protected and the version may
    not be deployed, Conflict (`alias.moved`) when it points elsewhere than expected, Invalid for a reserved name.
    """
    require(by, "alias.set", model.team_id, shared=model)
    if problem := alias_problem(name):
        raise Invalid(problem, code="alias.name")
    model, held = _locked(model, name)
    _require_expected(held, name, expect_version)
    version = _version_locked(model, version)
    if name in model.protected_aliases:
        _require_deployable(version, name)
    if held is not None and held.version_id == version.pk:
        return held
    previous = held.version if held is not None else None
    held = held or ModelAlias(model=model, name=name)
    held.version, held.moved_by, held.moved_at = version, by, timezone.now()
    held.save()
    _note_move(held, previous, version, by, reason)
    data = {"alias": name, "from": previous.number if previous else None, "to": version.number}
    record(action="alias.set", obj=model, by=by, reason=reason.strip(), data=data)
    return held


@transaction.atomic
def alias_delete(
    *, by: User, model: RegisteredModel, name: str, reason: str = "", expect_version: int | None = None
) -> None:
    """Take an alias away; what it pointed at stays in its history. Raises NotFound when there is none."""
    require(by, "alias.set", model.team_id, shared=model)
    model, held = _locked(model, name)
    _require_expected(held, name, expect_version)
    if held is None:
        raise alias_missing(name)
    _alias_end(held, by=by, reason=reason)


@transaction.atomic
def aliases_end(*, by: User, version: ModelVersion, reason: str = "") -> list[str]:
    """Take away every alias that points at a version that is being deleted. Returns their names."""
    require(by, "alias.set", version.team_id, shared=version.model)
    RegisteredModel.objects.select_for_update(no_key=True).get(pk=version.model_id)
    held = list(ModelAlias.objects.select_related("model", "version").filter(version=version))
    for alias in held:
        _alias_end(alias, by=by, reason=reason)
    return [alias.name for alias in held]


@transaction.atomic
def aliases_protect(*, by: User, model: RegisteredModel, names: Sequence[str], reason: str) -> RegisteredModel:
    """Say which aliases only a deployable version may carry. What points where stays; later moves are held to it.

    Raises Invalid for a name that no alias can have, for too many of them, or without a reason.
    """
    require(by, "alias.protect", model.team_id, shared=model)
    if not reason.strip():
        raise Invalid("Say why it changes; the reason is kept in the trail.", code="reason.missing")
    wanted = sorted(dict.fromkeys(names))
    if problem := next(filter(None, map(alias_problem, wanted)), ""):
        raise Invalid(problem, code="alias.name")
    if len(wanted) > MOST_PROTECTED:
        raise Invalid(f"At most {MOST_PROTECTED} aliases of a model can be protected.", code="alias.too_many")
    model = RegisteredModel.objects.select_for_update(of=("self",)).select_related("team").get(pk=model.pk)
    data = {"before": model.protected_aliases, "after": wanted}
    model.protected_aliases, model.updated_at = wanted, timezone.now()
    model.save(update_fields=["protected_aliases", "updated_at"])
    record(action="alias.protect", obj=model, by=by, reason=reason.strip(), data=data)
    return model


def _locked(model: RegisteredModel, name: str) -> tuple[RegisteredModel, ModelAlias | None]:
    """The model, held until the transaction ends so that moves come one after the other, and the alias as it is now."""
    held = RegisteredModel.objects.select_for_update(no_key=True).filter(pk=model.pk, deleted_at=None).first()
    if held is None:
        raise NotFound("There is no such object, or you may not see it.")
    alias = ModelAlias.objects.select_related("version").filter(model=held, name=name).first()
    if alias is not None:
        alias.model = held
    return held, alias


def _version_locked(model: RegisteredModel, version: ModelVersion) -> ModelVersion:
    """The version as it is now, held so that nobody withdraws its approval meanwhile."""
    rows = ModelVersion.objects.select_for_update(no_key=True)
    held = rows.filter(pk=version.pk, model=model, deleted_at=None).first()
    if held is None:
        raise NotFound(f"“{model}” has no such version.", code="version.missing")
    held.model = model
    return held


def _require_expected(held: ModelAlias | None, name: str, expected: int | None) -> None:
    if expected is None:
        return
    now = held.version.number if held is not None else 0
    if now != expected:
        where = f"points at version {now} now" if now else "points at no version now"
        raise Conflict(
            f"Somebody moved “{name}” meanwhile: it {where}.",
            code="alias.moved",
            remedy="Look at its history, then decide again.",
        )


def _require_deployable(version: ModelVersion, name: str) -> None:
    if missing := version.obstacles:
        page = reverse("portal:version-tab", args=[version.pk, "checklist"])
        raise Refused(
            f"“{name}” is a protected alias: only a version that may be deployed can carry it. "
            f"Version {version.number} {' and '.join(missing)}.",
            code="alias.protected",
            remedy=f"What is still to do stands on its checklist: {page}",
        )


def _alias_end(held: ModelAlias, *, by: User, reason: str) -> None:
    """Delete the alias and note where it pointed."""
    previous, model = held.version, held.model
    held.delete()
    _note_move(held, previous, None, by, reason)
    data = {"alias": held.name, "from": previous.number, "to": None}
    record(action="alias.delete", obj=model, by=by, reason=reason.strip(), data=data)


def _note_move(
    alias: ModelAlias, previous: ModelVersion | None, version: ModelVersion | None, by: User, reason: str
) -> None:
    AliasMove.objects.create(
        model=alias.model,
        name=alias.name,
        previous=previous,
        version=version,
        moved_by=by,
        moved_at=timezone.now(),
        reason=reason.strip()[:300],
    )
