"""Logged models: what a run wrote as a model, before or without its being registered."""

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.queries import team_ids_seen_by
from apps.accounts.services import require
from apps.audit.services import record
from apps.core.canonical import digest_of
from apps.core.errors import Invalid, NotFound
from apps.tracking import rules
from apps.tracking.models import Experiment, LoggedModel, TrackedFile, TrackingRun
from apps.tracking.rules.values import name_checked, param_checked, tag_checked, text
from apps.tracking.services.holding import require_free_of_holds


@transaction.atomic
def logged_model_create(
    *,
    by: User,
    experiment: Experiment,
    name: str = "",
    run_key: str = "",
    model_type: str = "",
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> LoggedModel:
    """Begin a logged model; its files follow, then `logged_model_finish`. Raises NotFound for an unknown run."""
    require(by, "tracking.log", experiment.team_id)
    if experiment.lifecycle != rules.ACTIVE:
        raise Invalid(f"The experiment {experiment.pk} is deleted.", code="experiment.deleted")
    run = _run_of(experiment, run_key) if run_key else None
    key = uuid.uuid4().hex
    made = LoggedModel.objects.create(
        model_id=f"m-{key}",
        experiment=experiment,
        team_id=experiment.team_id,
        run=run,
        name=name_checked(name or f"model-{key[:8]}", "model"),
        model_type=text(model_type, "model_type", 120),
        params=dict(param_checked(*pair) for pair in (params or {}).items()),
        tags=dict(tag_checked(*pair) for pair in (tags or {}).items()),
        created_by=by,
    )
    record(action="logged_model.create", obj=made, by=by, data={"model_id": made.model_id})
    return made


@transaction.atomic
def logged_model_finish(*, by: User, key: str, state: str) -> LoggedModel:
    """Say that a logged model's files have all come, or that they could not. Recorded with their digest."""
    model = _locked(by, key)
    if state not in rules.LOGGED_STATES:
        raise Invalid(f"Invalid model status '{state[:60]}'. Valid are {', '.join(rules.LOGGED_STATES)}.")
    model.state, model.updated_at = state, timezone.now()
    model.save(update_fields=["state", "updated_at"])
    files = dict(TrackedFile.objects.filter(logged_model=model).values_list("path", "digest"))
    told = {"state": state, "files": digest_of(files), "params": digest_of(model.params)}
    record(action="logged_model.finish", obj=model, by=by, data=told)
    return model


@transaction.atomic
def logged_model_tags_set(*, by: User, key: str, tags: Mapping[str, str]) -> LoggedModel:
    """Set tags of a logged model; the others stay."""
    model = _locked(by, key)
    words = dict(tag_checked(name, value, rules.LONGEST_EXPERIMENT_TAG) for name, value in tags.items())
    model.tags, model.updated_at = {**model.tags, **words}, timezone.now()
    model.save(update_fields=["tags", "updated_at"])
    record(action="logged_model.tag", obj=model, by=by, data={"tags": sorted(words)[:20]})
    return model


@transaction.atomic
def logged_model_tag_delete(*, by: User, key: str, tag: str) -> LoggedModel:
    """Take a tag off a logged model. Raises NotFound where it has none of this name."""
    model = _locked(by, key)
    if tag not in model.tags:
        raise NotFound(f"No tag with key '{tag[:100]}' found for model with ID '{key}'.", code="tag.missing")
    model.tags = {name: value for name, value in model.tags.items() if name != tag}
    model.updated_at = timezone.now()
    model.save(update_fields=["tags", "updated_at"])
    record(action="logged_model.untag", obj=model, by=by, data={"tag": tag[:100]})
    return model


@transaction.atomic
def logged_model_params_log(*, by: User, key: str, params: Mapping[str, str]) -> LoggedModel:
    """Add parameters to a logged model. Like a run's, they never change their values."""
    model = _locked(by, key)
    told = dict(param_checked(*pair) for pair in params.items())
    for name, value in told.items():
        if model.params.get(name, value) != value:
            raise Invalid(
                f"Changing param values is not allowed. Param '{name}' was already logged with value "
                f"'{model.params[name]}'.",
                code="param.changed",
            )
    model.params, model.updated_at = {**model.params, **told}, timezone.now()
    model.save(update_fields=["params", "updated_at"])
    record(action="logged_model.params", obj=model, by=by, data={"params": digest_of(model.params)})
    return model


@transaction.atomic
def logged_model_delete(*, by: User, key: str) -> LoggedModel:
    """Take a logged model out of the lists. Its files, and versions made from it, stay."""
    model = _locked(by, key)
    model.deleted_at = timezone.now()
    model.save(update_fields=["deleted_at"])
    record(action="logged_model.delete", obj=model, by=by)
    return model


def _locked(by: User, key: str) -> LoggedModel:
    rows = LoggedModel.objects.select_for_update(no_key=True, of=("self",)).select_related("run", "experiment")
    model = rows.filter(model_id=key, team_id__in=team_ids_seen_by(by), deleted_at=None).first()
    if model is None:
        raise NotFound(f"Logged model with ID '{key[:40]}' not found.", code="logged_model.unknown")
    require(by, "tracking.log", model.team_id)
    require_free_of_holds(model)
    return model


def _run_of(experiment: Experiment, key: str) -> TrackingRun:
    run = TrackingRun.objects.filter(uuid=key, team_id=experiment.team_id).first()
    if run is None:
        raise NotFound(f"Run with id={key[:40]} not found", code="tracking_run.unknown")
    require_free_of_holds(run)
    return run
