"""Searches for registered models and versions in the grammar of MLflow's clients.

Prompts are kept among the models. As with MLflow they are found only by a filter that asks for them.
"""

from collections.abc import Sequence

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from apps.accounts.models import User
from apps.accounts.queries import may
from apps.core.errors import NotFound
from apps.registry.models import ModelTag, ModelVersion, RegisteredModel, VersionTag
from apps.registry.models.names import SOUGHT
from apps.registry.queries.names import model_named
from apps.registry.queries.shown import RECENT, versions_recent, versions_shown
from apps.registry.rules import grammars
from apps.registry.rules.wording import PROMPT_TAG
from apps.tracking.queries.search import Found, compared, page_cut, page_of
from apps.tracking.rules.search import ATTRIBUTE, TAG, Clause, Order, clauses_of, orders_of

_MODEL_FIELDS = {"name": "name", "creation_timestamp": "created_at", "last_updated_timestamp": "updated_at"}
_VERSION_FIELDS = {
    "name": "model__name",
    "run_id": "tracking_run__uuid",
    "source_path": "source",
    "version_number": "number",
    "creation_timestamp": "created_at",
    "last_updated_timestamp": "updated_at",
}


def models_found(user: User, team_id: int, text: str = "", order_by: Sequence[str] = ()) -> QuerySet[RegisteredModel]:
    """The team's models that a filter finds, by name unless asked otherwise. Raises Invalid."""
    clauses = clauses_of(text, grammars.MODELS)
    rows = RegisteredModel.objects.filter(team_id=team_id, deleted_at=None, is_prompt=_asks_for_prompts(clauses))
    for clause in _without_prompt_clauses(clauses):
        if clause.family == TAG:
            rows = rows.filter(_tagged(ModelTag, "model", clause))
        else:
            rows = rows.filter(compared(_MODEL_FIELDS[clause.key], clause.comparator, clause.value))
    keys = _order_keys(orders_of(order_by, grammars.MODELS), _MODEL_FIELDS, ("name",))
    return rows.order_by(*keys) if may(user, "team.view", team_id) else rows.none()


def versions_found(user: User, team_id: int, text: str = "", order_by: Sequence[str] = ()) -> QuerySet[ModelVersion]:
    """The team's versions that a filter finds, the last changed first unless asked otherwise. Raises Invalid.

    A search within one model is answered from that model's own index, so it takes as long at 100 000 versions as at
    ten: the name is looked up first, and the versions are read by their model.
    """
    clauses = clauses_of(text, grammars.VERSIONS)
    orders = orders_of(order_by, grammars.VERSIONS)
    rows = ModelVersion.objects.filter(team_id=team_id, deleted_at=None)
    if not may(user, "team.view", team_id):
        return rows.none()
    one = [clause for clause in clauses if _names_one(clause)]
    if one:
        model = _model_meant(user, team_id, str(one[0].value), _asks_for_prompts(clauses))
        rows = rows.filter(model_id=model.pk) if model is not None else rows.none()
    else:
        rows = rows.filter(_of_kind(_asks_for_prompts(clauses)))
    for clause in _without_prompt_clauses(clauses):
        if clause.family == TAG:
            rows = rows.filter(_tagged(VersionTag, "version", clause))
        elif clause not in one[:1]:
            rows = rows.filter(compared(_VERSION_FIELDS[clause.key], clause.comparator, clause.value))
    return rows.order_by(*_version_keys(orders, within_one=bool(one)))


def versions_page(user: User, team_id: int, text: str, order_by: Sequence[str], *, most: int, offset: int = 0) -> Found:
    """One page of what `versions_found` finds, as tools are shown versions.

    What tools ask most, the newest versions of one model, is one question that the database knows.
    """
    only = clauses_of(text, grammars.VERSIONS)
    if len(only) == 1 and _names_one(only[0]) and not order_by and not offset:
        return page_cut(versions_recent(user, team_id, str(only[0].value), most + 1), most)
    found = page_of(versions_found(user, team_id, text, order_by).values_list("pk", flat=True), most, offset)
    return Found(versions_shown(found.rows), found.next_offset)


def _model_meant(user: User, team_id: int, name: str, is_prompt: bool) -> RegisteredModel | None:
    try:
        found = model_named(user, team_id, name)
    except NotFound:
        return None
    return found if found.is_prompt == is_prompt else None


def _of_kind(is_prompt: bool) -> Q:
    """Of prompts, or of models: told without a join, so that the versions are read in the order of their index."""
    prompts = Q(Exists(RegisteredModel.objects.filter(pk=OuterRef("model_id"), is_prompt=True)))
    return prompts if is_prompt else ~prompts


def _version_keys(orders: list[Order], *, within_one: bool) -> list[str]:
    keys = _order_keys(orders, _VERSION_FIELDS, ("model__name", "-number") if orders else ())
    keys = keys or [*RECENT]
    return [key for key in keys if not (within_one and key.endswith("model__name"))]


def _order_keys(orders: list[Order], fields: dict[str, str], last: tuple[str, ...]) -> list[str]:
    """Columns to order by; those that decide among equals come last, once."""
    keys = [("" if order.is_ascending else "-") + fields[order.key] for order in orders if order.family == ATTRIBUTE]
    named = {key.lstrip("-") for key in keys}
    return list(dict.fromkeys([*keys, *(key for key in last if key.lstrip("-") not in named)]))


def _names_one(clause: Clause) -> bool:
    return clause.family == ATTRIBUTE and clause.key == "name" and clause.comparator == "="


def _asks_for_prompts(clauses: list[Clause]) -> bool:
    """What the first clause on MLflow's prompt tag says; without one, models are meant."""
    asked = next((clause for clause in clauses if _is_prompt_clause(clause)), None)
    if asked is None:
        return False
    wanted = "true" if asked.comparator == "=" else "false"
    return asked.comparator in ("=", "!=") and str(asked.value).lower() == wanted


def _is_prompt_clause(clause: Clause) -> bool:
    return clause.family == TAG and clause.key == PROMPT_TAG


def _without_prompt_clauses(clauses: list[Clause]) -> list[Clause]:
    return [clause for clause in clauses if not _is_prompt_clause(clause)]


def _tagged(tags: type[Model], owner: str, clause: Clause) -> Q | Exists:
    """Whether a row has a tag that compares so. An exact value is looked up by the index on its first letters."""
    rows = tags._default_manager.filter(compared("value", clause.comparator, clause.value), key=clause.key)
    if clause.comparator == "=":
        start = str(clause.value)[:SOUGHT]
        rows = rows.annotate(start=Substr("value", 1, SOUGHT)).filter(start=start)
        return Q(pk__in=rows.values(owner))
    return Exists(rows.filter(**{owner: OuterRef("pk")}))
