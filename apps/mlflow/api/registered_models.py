"""`registered-models/…`: models, their tags and their aliases."""

from apps.mlflow.api.registry_shapes import model_told, version_told
from apps.mlflow.api.wire import Answer, Call, reads
from apps.mlflow.rules import DELETE_REASON, STAGES, stage_checked
from apps.registry import services
from apps.registry.models import RegisteredModel
from apps.registry.queries.names import model_named, version_numbered
from apps.registry.queries.searching import models_found
from apps.registry.queries.shown import (
    ModelShown,
    model_shown,
    models_shown,
    version_shown_by_alias,
)
from apps.serving.services import model_remove
from apps.tracking.queries import page_of
from apps.tracking.rules.search import offset_of, token_for

PAGE, MOST = 100, 1000


def _model(call: Call) -> RegisteredModel:
    return model_named(call.user, call.team.pk, call.text("name"))


def _shown(call: Call, name: str) -> Answer:
    return {"registered_model": model_told(model_shown(call.user, call.team.pk, name))}


def create(call: Call) -> Answer:
    """POST registered-models/create"""
    model = services.model_create(
        by=call.user,
        team=call.team,
        name=call.text("name"),
        description=call.text("description", ""),
        tags=call.pairs("tags"),
    )
    row = {name: getattr(model, name) for name in ("name", "description", "created_at", "updated_at")}
    tags = sorted([key, value] for key, value in dict(call.pairs("tags")).items())
    return {"registered_model": model_told(ModelShown(row, tags, [], []))}


def get(call: Call) -> Answer:
    """GET registered-models/get: a client asks this before every change of a model."""
    return _shown(call, call.text("name"))


def rename(call: Call) -> Answer:
    """POST registered-models/rename"""
    model = services.model_rename(by=call.user, model=_model(call), name=call.text("new_name"))
    return _shown(call, model.name)


def update(call: Call) -> Answer:
    """PATCH registered-models/update"""
    model = services.model_word(by=call.user, model=_model(call), description=call.text("description", ""))
    return _shown(call, model.name)


def delete(call: Call) -> Answer:
    """DELETE registered-models/delete"""
    model_remove(by=call.user, model=_model(call), reason=DELETE_REASON)
    return {}


def search(call: Call) -> Answer:
    """GET registered-models/search"""
    most, offset = call.number("max_results", PAGE, least=1, most=MOST), offset_of(call.text("page_token", ""))
    rows = models_found(call.user, call.team.pk, call.text("filter", ""), call.texts("order_by"))
    found = page_of(rows.values_list("pk", flat=True), most, offset)
    answer: dict[str, object] = {"registered_models": [model_told(model) for model in models_shown(found.rows)]}
    if found.next_offset is not None:
        answer["next_page_token"] = token_for(found.next_offset)
    return answer


@reads
def latest_versions(call: Call) -> Answer:
    """GET or POST registered-models/get-latest-versions: the newest version of each stage, or of those named."""
    wanted = {stage_checked(word) for word in call.texts("stages")} or set(STAGES)
    model = model_shown(call.user, call.team.pk, call.text("name"))
    told = [version for version in model_told(model).get("latest_versions", []) if version["current_stage"] in wanted]
    return {"model_versions": told}


def tag_set(call: Call) -> Answer:
    """POST registered-models/set-tag"""
    services.model_tag_set(by=call.user, model=_model(call), key=call.text("key"), value=call.text("value", ""))
    return {}


def tag_delete(call: Call) -> Answer:
    """DELETE registered-models/delete-tag"""
    services.model_tag_delete(by=call.user, model=_model(call), key=call.text("key"))
    return {}


def alias_set(call: Call) -> Answer:
    """POST registered-models/alias"""
    alias, number = call.text("alias"), call.number("version")
    version = version_numbered(call.user, call.team.pk, call.text("name"), number)
    services.alias_set(by=call.user, model=version.model, name=alias, version=version)
    return {}


def alias_delete(call: Call) -> Answer:
    """DELETE registered-models/alias: nothing happens where there is none."""
    model, alias = _model(call), call.text("alias")
    if model.aliases.filter(name=alias).exists():
        services.alias_delete(by=call.user, model=model, name=alias)
    return {}


def alias_get(call: Call) -> Answer:
    """GET registered-models/alias"""
    name, alias = call.text("name"), call.text("alias")
    return {"model_version": version_told(version_shown_by_alias(call.user, call.team.pk, name, alias))}
