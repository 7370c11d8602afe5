"""Searches in the grammar of MLflow's clients, as questions to the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Case, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import BaseExpression, Combinable

from apps.accounts.models import Team
from apps.accounts.queries import team_ids_seen_by
from apps.core.errors import Invalid
from apps.core.json_text import JsonText
from apps.core.lookups import ILike, Like
from apps.tracking import rules
from apps.tracking.models import Experiment, LatestMetric, RunInput, RunParam, RunTag, TrackingRun
from apps.tracking.queries.experiments import experiments_seen_by, runs_seen_by
from apps.tracking.rules import grammars
from apps.tracking.rules.search import ATTRIBUTE, METRIC, PARAMETER, TAG, Clause, Order, clauses_of, orders_of
from apps.tracking.rules.values import time_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

Question = Q | Exists | BaseExpression
MOST_EXPERIMENTS = 1000
_SUFFIX = {"=": "exact", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "IN": "in"}
_RUN_FIELDS = {
    "run_id": "uuid",
    "run_name": "name",
    "status": "state",
    "user_id": "created_by__email",
    "start_time": "started_at",
    "end_time": "ended_at",
}
_EXPERIMENT_FIELDS = {
    "name": "name",
    "experiment_id": "pk",
    "creation_time": "created_at",
    "last_update_time": "updated_at",
}


@dataclass(frozen=True)
class Found:
    """One page of what a search found, and from where the next one goes on; None on the last."""

    rows: list[Any]
    next_offset: int | None


def page_of(rows: "QuerySet[Any]", most: int, offset: int) -> Found:
    """`most` rows from `offset` on."""
    return page_cut(list(rows[offset : offset + most + 1]), most, offset)


def page_cut(found: list[Any], most: int, offset: int = 0) -> Found:
    """The page of rows that were read from `offset` on, one more than belong on it where there are more."""
    return Found(found[:most], offset + most if len(found) > most else None)


def compared(column: str | Combinable, comparator: str, value: Any) -> Question:
    """Whether a column compares so with a value. A column without a value compares with nothing."""
    expression = F(column) if isinstance(column, str) else column
    if comparator in ("LIKE", "ILIKE"):
        return (Like if comparator == "LIKE" else ILike)(expression, str(value))
    if isinstance(column, str):
        if comparator in ("!=", "NOT IN"):
            suffix = "exact" if comparator == "!=" else "in"
            return ~Q(**{f"{column}__{suffix}": value}) & Q(**{f"{column}__isnull": False})
        return Q(**{f"{column}__{_SUFFIX[comparator]}": value})
    raise TypeError("an expression is compared with LIKE only")


def runs_found(
    user: "User | AnonymousUser",
    *,
    experiments: Sequence[Experiment] | None = None,
    text: str = "",
    order_by: Sequence[str] = (),
    lifecycle: str = rules.ACTIVE,
) -> QuerySet[TrackingRun]:
    """The runs of these experiments (of all seen, without) that a filter finds, in the order asked for, the newest
    first among equals. Raises Invalid for a filter or an order that cannot be read.
    """
    rows = runs_seen_by(user)
    if experiments is not None:
        rows = rows.filter(experiment__in=experiments)
    rows = _alive(rows, lifecycle)
    for clause in clauses_of(text, grammars.RUNS):
        rows = rows.filter(_of_run(clause))
    return _ordered(rows, orders_of(order_by, grammars.RUNS), _run_value, ("-started_at", "-pk"))


def experiments_found(
    user: "User | AnonymousUser",
    *,
    team: Team | None = None,
    text: str = "",
    order_by: Sequence[str] = (),
    lifecycle: str = rules.ACTIVE,
) -> QuerySet[Experiment]:
    """The experiments that a filter finds, the newest first unless asked otherwise. Raises Invalid."""
    rows = experiments_seen_by(user)
    rows = rows.filter(team=team) if team is not None else rows
    rows = _alive(rows, lifecycle)
    for clause in clauses_of(text, grammars.EXPERIMENTS):
        rows = rows.filter(_of_experiment(clause))
    return _ordered(rows, orders_of(order_by, grammars.EXPERIMENTS), _experiment_value, ("-updated_at", "-pk"))


def experiments_named(user: "User | AnonymousUser", team: Team, ids: Sequence[str]) -> list[Experiment]:
    """The experiments with these ids that the person sees; ids that are not there find nothing."""
    if len(ids) > MOST_EXPERIMENTS:
        raise Invalid(f"A search looks into at most {MOST_EXPERIMENTS} experiments at once.", code="search.many")
    numbers = [int(key) for key in ids if key.isascii() and key.isdigit() and len(key) < 19 and int(key)]
    wanted = Q(pk__in=numbers)
    if rules.DEFAULT_EXPERIMENT_ID in ids:
        wanted |= Q(team=team, name=rules.DEFAULT_EXPERIMENT)
    return list(Experiment.objects.filter(wanted, team_id__in=team_ids_seen_by(user)))


def _alive(rows: "QuerySet[Any]", lifecycle: str) -> "QuerySet[Any]":
    if lifecycle not in (*rules.LIFECYCLES, rules.ALL):
        raise Invalid(f"lifecycle: one of {', '.join((*rules.LIFECYCLES, rules.ALL))}.", code="search.invalid")
    return rows if lifecycle == rules.ALL else rows.filter(lifecycle=lifecycle)


def _of_run(clause: Clause) -> Question:
    if clause.family == ATTRIBUTE:
        if clause.key == "artifact_uri":
            raise Invalid("Runs are not searched by artifact_uri here; use run_id.", code="search.invalid")
        value = time_of(float(str(clause.value))) if clause.key in grammars.RUN_TIMES else clause.value
        return compared(_RUN_FIELDS[clause.key], clause.comparator, value)
    if clause.family == METRIC:
        return Exists(_logged(LatestMetric, clause.key).filter(is_nan=False).filter(_value(clause)))
    if clause.family in (PARAMETER, TAG):
        rows = _logged(RunParam if clause.family == PARAMETER else RunTag, clause.key)
        if clause.value is None:
            return Exists(rows) if clause.comparator == "IS NOT NULL" else ~Exists(rows)
        return Exists(rows.filter(_value(clause)))
    inputs = RunInput.objects.filter(run=OuterRef("pk"))
    column: str | Combinable = clause.key
    if clause.key == "context":
        inputs, column = inputs.annotate(context=JsonText("tags", rules.CONTEXT_TAG)), "context"
    return Exists(inputs.filter(compared(column, clause.comparator, clause.value)))


def _logged(model: type[Model], key: str) -> "QuerySet[Any]":
    return model._default_manager.filter(run=OuterRef("pk"), key=key)


def _value(clause: Clause) -> Question:
    return compared("value", clause.comparator, clause.value)


def _of_experiment(clause: Clause) -> Question:
    if clause.family == TAG:
        return tagged(Experiment, clause)
    value: Any = clause.value
    if clause.key == "experiment_id":
        if clause.comparator in ("LIKE", "ILIKE"):
            raise Invalid(f"Invalid comparator for experiment_id: {clause.comparator}", code="search.invalid")
        value = _keys(value)
    elif clause.key != "name":
        value = time_of(float(str(value)))
    return compared(_EXPERIMENT_FIELDS[clause.key], clause.comparator, value)


def _keys(value: Any) -> Any:
    """Ids as numbers; what is none is the id of nothing."""
    if isinstance(value, tuple):
        return [_keys(item) for item in value]
    return int(value) if str(value).isascii() and str(value).isdigit() and len(str(value)) < 19 else -1


def tagged(model: type[Model], clause: Clause, column: str = "tags") -> Exists:
    """Whether an entry of a JSON column compares so, for a table that keeps its tags in one."""
    rows = model._default_manager.filter(pk=OuterRef("pk")).annotate(entry=JsonText(column, clause.key))
    if clause.value is None:
        return Exists(rows.filter(entry__isnull=clause.comparator == "IS NULL"))
    return Exists(rows.filter(compared("entry", clause.comparator, clause.value)))


def _run_value(order: Order) -> Any:
    if order.family == ATTRIBUTE:
        return F(_RUN_FIELDS.get(order.key, "uuid"))
    table: type[Model] = {METRIC: LatestMetric, PARAMETER: RunParam, TAG: RunTag}[order.family]
    return Subquery(_logged(table, order.key).values("value")[:1])


def _experiment_value(order: Order) -> Any:
    return F(_EXPERIMENT_FIELDS[order.key]) if order.family == ATTRIBUTE else JsonText("tags", order.key)


def _is_nan(order: Order) -> Any:
    return Subquery(_logged(LatestMetric, order.key).values("is_nan")[:1], output_field=BooleanField())


def _ordered(
    rows: "QuerySet[Any]", orders: Sequence[Order], value: Callable[[Order], Any], last: tuple[str, ...]
) -> "QuerySet[Any]":
    """Values that are no number come behind the others, and those that are not there behind these."""
    keys: list[Any] = []
    for place, order in enumerate(orders):
        if any((order.family, order.key) == (other.family, other.key) for other in orders[:place]):
            raise Invalid(f"`order_by` contains duplicate fields: {order.key[:100]}", code="search.invalid")
        name = f"order_{place}"
        rows = rows.annotate(**{name: value(order)})
        if order.family == METRIC and rows.model is TrackingRun:
            rows = rows.annotate(**{f"{name}_nan": Case(When(Q(_is_nan(order)), then=Value(1)), default=Value(0))})
            keys.append(Case(When(**{f"{name}__isnull": True}, then=Value(2)), default=F(f"{name}_nan")))
        wanted = F(name)
        keys.append(wanted.asc(nulls_last=True) if order.is_ascending else wanted.desc(nulls_last=True))
    return rows.order_by(*keys, *last)
