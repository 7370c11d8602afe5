"""The pages of monitoring: charts and alerts of a measurement, and starting one in two steps."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.catalog.models import DatasetVersion
from apps.monitoring.models import DriftRun
from apps.monitoring.rules import guess_columns
from apps.monitoring.services import drift_finish, drift_start
from apps.registry.models import ModelVersion
from tests.makers import claim, make_browser, make_data, make_version, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
LIST, START = "monitoring:drift-list", "monitoring:drift-start"
ROWS = [{"price": n, "region": "north", "y_pred_proba": 0.5, "y_pred": 1, "target": 1} for n in range(4)]


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


@pytest.fixture
def version(people: People) -> ModelVersion:
    return make_version(people.olga, people.team)


@pytest.fixture
def tables(people: People) -> tuple[DatasetVersion, DatasetVersion]:
    more = [row | {"price": row["price"] + 10} for row in ROWS]
    return (
        make_data(people.olga, people.team, ROWS, "reference.csv"),
        make_data(people.olga, people.team, more, "observed.csv"),
    )


def chunk(index: int, period: str, value: float | None, *, is_alert: bool = False) -> dict[str, Any]:
    return {
        "key": f"[{index * 2}:{index * 2 + 1}]", "index": index, "start_index": index * 2, "end_index": index * 2 + 1,
        "start_at": "2024-01-01T00:00:00", "end_at": None, "period": period, "value": value,
        "lower_threshold": None, "upper_threshold": 0.2, "alert": is_alert,
        "confidence_lower": None, "confidence_upper": None,
    }  # fmt: skip


def measure(metric: str, column: str | None, *values: float | None) -> dict[str, Any]:
    chunks = [chunk(0, "reference", 0.1)]
    chunks += [chunk(n, "analysis", v, is_alert=v is not None and v > 0.2) for n, v in enumerate(values)]
    alerts = sum(one["alert"] for one in chunks)
    return {"metric": metric, "column": column, "column_type": None, "chunks": chunks, "alerts": alerts}


def result(*measures: dict[str, Any]) -> dict[str, Any]:
    return {
        "measures": list(measures), "chunk_size": 2, "reference_rows": 2, "analysis_rows": 4, "analysis_chunks": 2,
        "alerts": sum(one["alerts"] for one in measures), "drifted_columns": ["price"], "skipped": [],
    }  # fmt: skip


def make_drift(
    people: People, version: ModelVersion, tables: tuple[DatasetVersion, DatasetVersion], *measures: dict[str, Any],
    **more: Any,
) -> DriftRun:  # fmt: skip
    reference, analysis = tables
    run = drift_start(by=people.olga, version=version, reference=reference, analysis=analysis, config={}, **more)
    if measures:
        drift_finish(run=claim(run), result=result(*measures))
    return DriftRun.objects.get(pk=run.pk)


def page_of(run: DriftRun) -> str:
    return reverse("monitoring:drift-detail", args=[run.pk])


def test_every_measure_is_drawn_and_every_alert_listed(
    people: People, olga: Client, version: ModelVersion, tables: Any
) -> None:
    run = make_drift(
        people, version, tables,
        measure("jensen_shannon", "price", 0.1, 0.345678),
        measure("jensen_shannon", "region", 0.1, None),
        measure("reconstruction_error", None, 0.1, 0.1),
        measure("estimated_roc_auc", None, 0.1, 0.1),
        measure("realised_roc_auc", None, 0.1, None),
    )  # fmt: skip
    page = olga.get(page_of(run)).text
    assert page.count('<figure class="chart') == 6, "five measures, and the estimate beside what came true"
    assert "above 0.200000" in page and "0.345678" in page and "2024-01-01" in page
    assert "not the version's own use" in page.replace("&#x27;", "'") and "Whose data this is" in page
    assert f"Drift {run.pk}" in olga.get(reverse(LIST)).text


def test_a_measurement_of_own_use_says_so(people: People, olga: Client, version: ModelVersion, tables: Any) -> None:
    quiet = measure("jensen_shannon", "price", 0.1, 0.1)
    page = olga.get(page_of(make_drift(people, version, tables, quiet, is_own_traffic=True))).text
    assert "Whose data this is" not in page and "No alert" in page


def test_a_measurement_without_a_result_leads_to_its_run(
    people: People, olga: Client, version: ModelVersion, tables: Any
) -> None:
    run = make_drift(people, version, tables)
    page = olga.get(page_of(run)).text
    assert "No result yet" in page and reverse("portal:run-detail", args=["drift", run.pk]) in page


def test_an_outsider_finds_nothing(people: People, version: ModelVersion, tables: Any) -> None:
    run, xena = make_drift(people, version, tables), make_browser(people.xena)
    assert xena.get(page_of(run)).status_code == 404
    assert version.model.name not in xena.get(reverse(LIST)).text
    chosen = {"version": version.pk, "reference": tables[0].pk, "analysis": tables[1].pk}
    assert xena.get(reverse(START), chosen).status_code == 422


def test_it_is_started_in_two_steps(people: People, olga: Client, version: ModelVersion, tables: Any) -> None:
    url = reverse(START)
    assert f'<option value="{version.pk}" selected>' in olga.get(url, {"version": version.pk}).text
    second = f"{url}?version={version.pk}&reference={tables[0].pk}&analysis={tables[1].pk}"
    page = olga.get(second).text
    assert '<option value="y_pred_proba" selected>' in page and '<option value="target" selected>' in page
    given = {
        "feature_columns": ["price", "region"], "probability_column": "y_pred_proba", "prediction_column": "y_pred",
        "target_column": "target", "chunk_size": "2", "note": "An example",
    }  # fmt: skip
    answer = olga.post(second, given)
    run = DriftRun.objects.get()
    assert answer.url == reverse("portal:run-detail", args=["drift", run.pk])
    assert run.config["methods"] == ["univariate", "reconstruction", "estimated", "realised"]
    assert run.config["feature_columns"] == ["price", "region"] and run.note == "An example"
    assert not run.is_own_traffic


def test_without_outcomes_only_the_inputs_are_watched(
    people: People, olga: Client, version: ModelVersion, tables: Any
) -> None:
    second = f"{reverse(START)}?version={version.pk}&reference={tables[0].pk}&analysis={tables[1].pk}"
    olga.post(second, {"feature_columns": ["price"], "chunk_size": "2"})
    config = DriftRun.objects.get().config
    assert config["methods"] == ["univariate"] and config["problem_type"] == "none"
    half = olga.post(second, {"feature_columns": ["price"], "chunk_size": "2", "target_column": "target"})
    assert half.status_code == 422 and "name all three" in half.text
    assert olga.post(second, {"chunk_size": "1"}).status_code == 422


def test_data_compared_with_itself_is_refused(olga: Client, version: ModelVersion, tables: Any) -> None:
    chosen = {"version": version.pk, "reference": tables[0].pk, "analysis": tables[0].pk}
    answer = olga.get(reverse(START), chosen)
    assert answer.status_code == 422 and "compared with itself" in answer.text


def test_the_start_is_for_those_who_may(people: People) -> None:
    assert make_browser(people.rui).get(reverse(START)).status_code == 403
    assert reverse(START) not in make_browser(people.rui).get(reverse(LIST)).text


def test_the_list_costs_the_same_with_one_row_and_with_thirty(
    people: People, olga: Client, version: ModelVersion, tables: Any
) -> None:
    make_drift(people, version, tables, measure("jensen_shannon", "price", 0.1, 0.3))
    few = queries_of(olga, reverse(LIST))
    for _ in range(30):
        make_drift(people, version, tables, measure("jensen_shannon", "price", 0.1, 0.1))
    assert queries_of(olga, reverse(LIST)) == few <= 6
    lines = b"".join(olga.get(reverse(LIST), {"format": "csv"}).streaming_content).splitlines()
    assert len(lines) == 32


def test_columns_are_guessed_from_names_and_types() -> None:
    types = {"ID": "integer", "when": "timestamp", "y_true": "integer", "score": "number", "age": "integer"}
    guess = guess_columns([{"name": name, "type": type} for name, type in types.items()])
    assert guess["timestamp_column"] == "when" and guess["target_column"] == "y_true"
    assert guess["probability_column"] == "score" and guess["prediction_column"] == ""
    assert guess["feature_columns"] == ["age"]
