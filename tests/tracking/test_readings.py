"""Readings on their way into the tables: names of every kind, and which reading is the last."""

import math

import pytest

from apps.tracking.models import LatestMetric, RunMetric
from apps.tracking.rules.values import Reading
from apps.tracking.services import experiment_create, run_log, tracking_run_create
from tests.people import People, make_people

pytestmark = pytest.mark.django_db

NAMES = ['"', "\\", "a,b", "{}", "NULL", "null", "größe 日本", "it's", "%s", " x ", "\t\n", '\\"', "\x1f"]


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def run(people: People) -> str:
    experiment = experiment_create(by=people.olga, team=people.team, name="tries")
    return tracking_run_create(by=people.olga, experiment=experiment).uuid


def reading(key: str = "loss", value: float = 0, *, step: int = 0, at: int = 0, is_nan: bool = False) -> Reading:
    return Reading(key, float(value), is_nan, at, step)


def last() -> list[tuple[float, bool, int, int]]:
    return list(LatestMetric.objects.values_list("value", "is_nan", "step", "timestamp"))


def test_every_name_and_number_comes_back_as_it_was(people: People, run: str) -> None:
    numbers = [0.1, -0.0, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, 1 / 3]
    metrics = [reading(f"{name}.") for name in NAMES]
    metrics += [reading(f"n{place}", value, step=2**62, at=-(2**62)) for place, value in enumerate(numbers)]
    metrics.append(Reading("of a model", 1.0, False, 1, 1, "m-1", 'data "x"', "abc"))
    run_log(by=people.olga, key=run, metrics=metrics)
    columns = ("key", "value", "is_nan", "timestamp", "step", "model_id", "dataset_name", "dataset_digest")
    assert set(RunMetric.objects.values_list(*columns)) == {tuple(metric) for metric in metrics}
    assert set(LatestMetric.objects.values_list("key", "value")) == {(metric.key, metric.value) for metric in metrics}


@pytest.mark.parametrize("at_once", [True, False])
def test_the_last_reading_is_told_by_step_then_time_then_value(people: People, run: str, at_once: bool) -> None:
    metrics = [
        reading(value=1, step=5, at=10),
        reading(value=9, step=4, at=99),
        reading(value=2, step=5, at=20),
        reading(value=3, step=5, at=20),
        reading(value=1, step=5, at=20),
    ]
    for batch in [metrics] if at_once else [[metric] for metric in metrics]:
        run_log(by=people.olga, key=run, metrics=batch)
    assert last() == [(3.0, False, 5, 20)]
    assert RunMetric.objects.count() == 5


@pytest.mark.parametrize("at_once", [True, False])
def test_among_equals_the_first_stays(people: People, run: str, at_once: bool) -> None:
    metrics = [reading(is_nan=True), reading(value=0)]
    for batch in [metrics] if at_once else [[metric] for metric in metrics]:
        run_log(by=people.olga, key=run, metrics=batch)
    assert last() == [(0.0, True, 0, 0)]


def test_the_same_reading_twice_is_kept_once(people: People, run: str) -> None:
    run_log(by=people.olga, key=run, metrics=[reading(value=1), reading(value=1)])
    run_log(by=people.olga, key=run, metrics=[reading(value=1)])
    assert RunMetric.objects.count() == LatestMetric.objects.count() == 1
