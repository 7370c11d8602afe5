"""Runs found by MLflow's client: filters, orders, pages."""

import math

import pytest

mlflow = pytest.importorskip("mlflow", reason="mlflow is a test requirement: tests/requirements.txt")

from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import Metric, Param, RunTag  # noqa: E402

from tests.people import People  # noqa: E402

RUNS = [
    # name, loss, lr, kind
    ("a", 0.1, "0.1", "red"),
    ("b", 0.3, "0.01", "Red"),
    ("c", math.nan, "0.1", "blue"),
    ("d", None, "0.2", None),
    ("e", 0.2, None, "re_d"),
]
FILTERS = [
    ("metrics.loss < 0.25", "ae"),
    ("metrics.loss >= 0.1 AND metrics.loss != 0.2", "ab"),
    ("params.lr = '0.1'", "ac"),
    ("params.lr != '0.1'", "bd"),
    ("params.lr LIKE '0.0%'", "b"),
    ("params.lr IS NULL", "e"),
    ("tags.kind = 'red'", "a"),
    ("tags.kind ILIKE 'RED'", "ab"),
    ("tags.kind LIKE 're%'", "ae"),
    ("tags.kind LIKE 're_d'", "e"),
    ("tags.kind IS NOT NULL", "abce"),
    ("attributes.run_name IN ('a', 'b', 'z')", None),
    ("attributes.run_name != 'a'", "bcde"),
    ("status = 'RUNNING'", "abcde"),
    ("status = 'FINISHED'", ""),
    ("attributes.start_time > 2000", "cde"),
    ("attributes.`Run Name` = 'd'", "d"),
    ("tags.mlflow.runName LIKE '%' and params.lr = '0.2'", "d"),
]
ORDERS = [
    (["metrics.loss"], "aebcd"),
    (["metrics.loss DESC"], "beacd"),
    (["params.lr DESC", "start_time ASC"], "dacbe"),
    (["attributes.start_time ASC"], "abcde"),
    ([], "edcba"),
    (["tags.kind DESC", "metrics.loss"], None),
]


@pytest.fixture
def found(people: People, speak_as):
    """Searches among five runs: their names, in the order found."""
    client: MlflowClient = speak_as(people.olga)
    key = client.create_experiment("searched")
    for place, (name, loss, lr, kind) in enumerate(RUNS, start=1):
        run = client.create_run(key, run_name=name, start_time=1000 * place).info.run_id
        client.log_batch(
            run,
            metrics=[] if loss is None else [Metric("loss", loss, 1, 0)],
            params=[] if lr is None else [Param("lr", lr)],
            tags=[] if kind is None else [RunTag("kind", kind)],
        )
    return lambda text="", **more: "".join(run.info.run_name for run in client.search_runs([key], text, **more))


def test_filters_find_what_they_say(found) -> None:
    for text, names in FILTERS:
        if names is not None:
            assert "".join(sorted(found(text))) == names, text


def test_orders_are_kept(found) -> None:
    for order, names in ORDERS:
        if names is not None:
            assert found(order_by=order) == names, order


def test_pages_join_without_gap_or_double(people: People, speak_as) -> None:
    client: MlflowClient = speak_as(people.olga)
    key = client.create_experiment("long")
    for number in range(7):
        client.create_run(key, run_name=str(number), start_time=1000)
    names, token = [], None
    while True:
        page = client.search_runs([key], max_results=3, page_token=token)
        names += [run.info.run_name for run in page]
        token = page.token
        if not token:
            break
    assert names == ["6", "5", "4", "3", "2", "1", "0"]
