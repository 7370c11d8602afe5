"""The grammar of searches: what is read, and in which words the rest is refused."""

import pytest

from apps.core.errors import Invalid
from apps.tracking.rules import search
from apps.tracking.rules.search import Clause, Grammar, Order, clauses_of, offset_of, orders_of, token_for

RUNS = Grammar(
    texts=frozenset({"run_id", "run_name", "status"}),
    numbers=frozenset({"start_time"}),
    orders=frozenset({"start_time", "run_name"}),
    listable=frozenset({"run_id"}),
    nullable=frozenset({search.TAG, search.PARAMETER}),
    aliases={"Created": "start_time", "run name": "run_name"},
)
READ = [
    ("", []),
    ("metrics.loss < 0.5", [Clause("metric", "loss", "<", 0.5)]),
    ("metric.loss >= -1e-3", [Clause("metric", "loss", ">=", -0.001)]),
    ('metrics."train loss" != 3', [Clause("metric", "train loss", "!=", 3)]),
    ("metrics.`train/loss` = 3", [Clause("metric", "train/loss", "=", 3)]),
    ("metrics.train/loss = 3", [Clause("metric", "train/loss", "=", 3)]),
    ("params.lr = '0.1'", [Clause("parameter", "lr", "=", "0.1")]),
    ('param.lr LIKE "%1"', [Clause("parameter", "lr", "LIKE", "%1")]),
    ("tags.mlflow.source.name ilike 'A%'", [Clause("tag", "mlflow.source.name", "ILIKE", "A%")]),
    ("tag.`mlflow.prompt.is_prompt` != 'true'", [Clause("tag", "mlflow.prompt.is_prompt", "!=", "true")]),
    ("tags.owner IS NULL", [Clause("tag", "owner", "IS NULL", None)]),
    ("params.owner is not null", [Clause("parameter", "owner", "IS NOT NULL", None)]),
    ("status = 'FINISHED'", [Clause("attribute", "status", "=", "FINISHED")]),
    ("attributes.run_id IN ('a', 'b')", [Clause("attribute", "run_id", "IN", ("a", "b"))]),
    ("run_id NOT IN ('a')", [Clause("attribute", "run_id", "NOT IN", ("a",))]),
    ("attribute.`run name` = 'x'", [Clause("attribute", "run_name", "=", "x")]),
    ("Created > 1700000000000", [Clause("attribute", "start_time", ">", 1700000000000)]),
    ("dataset.name = 'wine'", [Clause("dataset", "name", "=", "wine")]),
    ("datasets.context IN ('train', 'test')", [Clause("dataset", "context", "IN", ("train", "test"))]),
    ("tags.city = 'Köln – AND more'", [Clause("tag", "city", "=", "Köln – AND more")]),
    ("tags.quote = 'it''s'", [Clause("tag", "quote", "=", "it's")]),
    (
        "metrics.a>1 and params.b='2' AND tags.c != 'd'",
        [Clause("metric", "a", ">", 1), Clause("parameter", "b", "=", "2"), Clause("tag", "c", "!=", "d")],
    ),
]
REFUSED = [
    ("metrics.loss < 0.5 OR metrics.loss > 1", "Join comparisons with AND"),
    ("metrics.loss < 'a'", "Expected numeric value type for metric"),
    ("params.lr = 0.1", "Expected a quoted string value for parameter"),
    ("params.lr > '0.1'", "Invalid comparator '>'"),
    ("metrics.loss LIKE '1'", "Invalid comparator 'LIKE'"),
    ("nothing.loss = 1", "Invalid entity type 'nothing'"),
    ("colour = 'red'", "Invalid attribute key 'colour'"),
    ("dataset.colour = 'red'", "Invalid dataset key 'colour'"),
    ("status IN ('a')", "Only ['run_id'] attributes support"),
    ("run_id IN ()", "non-empty list"),
    ("run_id IN ('a', 3)", "non-empty list"),
    ("run_id IN 'a'", "non-empty list"),
    ("metrics.loss IS NULL", "IS NULL / IS NOT NULL is only supported for parameters and tags"),
    ("metrics.loss", "Expected comparison found"),
    ("metrics.loss <", "Expected 3 tokens"),
    ("metrics.loss < 1 AND", "missing after AND"),
    ("AND metrics.loss < 1", "Expected 'Identifier'"),
    ("metrics.loss <> 1", "Expected numeric value type"),
    ("tags.a = 'open", "Could not be parsed"),
    ("tags.a = 'b'; DROP TABLE x", "Could not be parsed"),
    ("(metrics.loss < 1)", "Expected 'Identifier'"),
    (" AND ".join(["metrics.a > 1"] * 61), "at most 60"),
    ("x" * 20_001, "at most 20000"),
]


@pytest.mark.parametrize(("text", "clauses"), READ)
def test_filters_are_read(text: str, clauses: list[Clause]) -> None:
    assert clauses_of(text, RUNS) == clauses


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_other_filters_are_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        clauses_of(text, RUNS)
    assert words in refused.value.message
    assert refused.value.code == "search.invalid"


def test_the_reference_reads_the_same_filters() -> None:
    """MLflow's own parser takes what ours takes; its raw quotes within texts, names with a slash and case aside."""
    reference = pytest.importorskip("mlflow.utils.search_utils", reason="the MLflow package is not installed")
    for text, clauses in READ:
        if "''" in text or "train/loss =" in text or " is not null" in text:
            continue
        found = reference.SearchUtils.parse_search_filter(text)
        assert [(item["type"], item["comparator"].upper()) for item in found] == [
            (clause.family, clause.comparator) for clause in clauses
        ], text


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("start_time", Order("attribute", "start_time", True)),
        ("attributes.start_time DESC", Order("attribute", "start_time", False)),
        ("metrics.`my loss` asc", Order("metric", "my loss", True)),
        ("params.lr", Order("parameter", "lr", True)),
        ('tags."a b" desc', Order("tag", "a b", False)),
    ],
)
def test_orders_are_read(text: str, order: Order) -> None:
    assert orders_of([text], RUNS) == [order]


@pytest.mark.parametrize("text", ["", "start_time down", "start_time desc asc", "status", "dataset.name", "1 = 1"])
def test_other_orders_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        orders_of([text], RUNS)


def test_page_tokens_come_back_as_they_went() -> None:
    assert offset_of(token_for(100)) == 100
    assert offset_of("") == offset_of(None) == 0


@pytest.mark.parametrize(
    "token", ["!", "bm8=", "e30=", "W10=", token_for(0), token_for(-1), "eyJvZmZzZXQiOiB0cnVlfQ=="]
)
def test_other_page_tokens_are_refused(token: str) -> None:
    with pytest.raises(Invalid):
        offset_of(token)
