"""The drift engine gives NannyML's own figures, and refuses what cannot be measured."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import nannyml
import pandas as pd
import pytest

from workers.drift import car_loan
from workers.drift.engine import Config, Result, run
from workers.drift.measures import Measure
from workers.errors import EngineError


def quiet(fraction: float, message: str) -> None:
    assert 0 <= fraction <= 1 and message


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> car_loan.Paths:
    return car_loan.write(tmp_path_factory.mktemp("car_loan"))


@pytest.fixture(scope="module")
def config(paths: car_loan.Paths) -> Config:
    return Config(
        reference_path=str(paths.reference),
        analysis_path=str(paths.analysis),
        feature_columns=car_loan.FEATURES,
        probability_column=car_loan.PROBABILITY,
        prediction_column=car_loan.PREDICTION,
        target_column=car_loan.TARGET,
        timestamp_column=car_loan.TIMESTAMP,
    )


@pytest.fixture(scope="module")
def result(config: Config) -> Result:
    return run(config, quiet)


@pytest.fixture(scope="module")
def bundled() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    reference, analysis, targets = nannyml.load_synthetic_car_loan_dataset()
    return reference, analysis, analysis.merge(targets, on="id")


def figure(result: Result, metric: str, column: str | None = None) -> Measure:
    return next(m for m in result.measures if (m.metric, m.column) == (metric, column))


def assert_same(measure: Measure, chunks: pd.DataFrame, figures: pd.DataFrame) -> None:
    assert len(measure.chunks) == len(figures) == 20
    for ours, place, theirs in zip(measure.chunks, chunks.to_dict("records"), figures.to_dict("records"), strict=True):
        assert ours.value == theirs["value"]
        assert (ours.lower_threshold, ours.upper_threshold) == (theirs["lower_threshold"], theirs["upper_threshold"])
        assert ours.alert == theirs["alert"]
        assert (ours.key, ours.start_index, ours.end_index) == (place["key"], place["start_index"], place["end_index"])
        assert ours.start_at == place["start_date"].isoformat()
        assert ours.period == place["period"]


def test_written_tables_read_back_bit_for_bit(paths, bundled) -> None:
    reference, _, with_targets = bundled
    for path, expected in ((paths.reference, reference), (paths.analysis, with_targets)):
        pd.testing.assert_frame_equal(pd.read_csv(path), expected, check_exact=True)


def test_univariate_distances_are_nannymls_own(result, bundled) -> None:
    columns = [*car_loan.FEATURES, "y_pred_proba", "y_pred"]
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=columns,
        treat_as_categorical=["y_pred"],
        timestamp_column_name="timestamp",
        continuous_methods=["jensen_shannon"],
        categorical_methods=["jensen_shannon"],
        chunk_size=5000,
    )
    calculator.fit(bundled[0])
    theirs = calculator.calculate(bundled[1]).to_df()
    for column in columns:
        ours = figure(result, "jensen_shannon", column)
        assert_same(ours, theirs["chunk"]["chunk"], theirs[column]["jensen_shannon"])


def test_estimated_roc_auc_is_nannymls_own_and_ignores_targets(result, bundled) -> None:
    estimator = nannyml.CBPE(
        metrics=["roc_auc"],
        y_pred_proba="y_pred_proba",
        y_pred="y_pred",
        y_true="repaid",
        timestamp_column_name="timestamp",
        chunk_size=5000,
        problem_type="classification_binary",
    )
    estimator.fit(bundled[0])
    theirs = estimator.estimate(bundled[1]).to_df()
    assert_same(figure(result, "estimated_roc_auc"), theirs["chunk"], theirs["roc_auc"])


def test_realised_roc_auc_is_nannymls_own(result, bundled) -> None:
    calculator = nannyml.PerformanceCalculator(
        metrics=["roc_auc"],
        y_pred_proba="y_pred_proba",
        y_pred="y_pred",
        y_true="repaid",
        timestamp_column_name="timestamp",
        chunk_size=5000,
        problem_type="classification_binary",
    )
    calculator.fit(bundled[0])
    theirs = calculator.calculate(bundled[2]).to_df()
    assert_same(figure(result, "realised_roc_auc"), theirs["chunk"], theirs["roc_auc"])


def test_reconstruction_error_is_nannymls_own(result, bundled) -> None:
    calculator = nannyml.DataReconstructionDriftCalculator(
        column_names=list(car_loan.FEATURES), timestamp_column_name="timestamp", chunk_size=5000
    )
    calculator.fit(bundled[0])
    theirs = calculator.calculate(bundled[1]).to_df()
    assert_same(figure(result, "reconstruction_error"), theirs["chunk"], theirs["reconstruction_error"])


def test_result_tells_where_the_car_loan_data_drifts(result) -> None:
    assert result.analysis_chunks == 10
    assert {"car_value", "loan_length", "salary_range"} <= set(result.drifted_columns)
    assert result.alerts == sum(result.alerts_by_measure.values())
    assert result.alerts_by_measure["estimated_roc_auc"] == 5
    assert result.alerts_by_measure["reconstruction_error"] == 5


def test_result_survives_json_with_every_digit(result) -> None:
    again = json.loads(json.dumps(asdict(result), allow_nan=False))
    assert again["measures"][0]["chunks"][3]["value"] == result.measures[0].chunks[3].value


def test_without_targets_the_realised_figure_is_named_as_skipped(config, bundled, tmp_path) -> None:
    path = tmp_path / "analysis.parquet"
    bundled[1].to_parquet(path)
    result = run(replace(config, analysis_path=str(path), methods=("estimated", "realised")), quiet)
    assert [m.metric for m in result.measures] == ["estimated_roc_auc"]
    assert "no targets" in result.skipped[0]


def test_cancelling_stops_between_measures(config) -> None:
    class Cancelled(Exception):
        pass

    def cancel(fraction: float, message: str) -> None:
        if "reconstruction" in message:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(config, cancel)


def test_usage_reporting_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    from nannyml.usage_logging import SegmentUsageTracker, UsageEvent

    sent: list[object] = []
    monkeypatch.setattr(SegmentUsageTracker, "_log", lambda self, *args: sent.append(args))
    SegmentUsageTracker().log(UsageEvent.CBPE_ESTIMATOR_FIT)
    assert sent == []


GOOD = {"a": range(40), "b": [i % 7 for i in range(40)], "p": [i / 40 for i in range(40)]}
GOOD |= {"y": [i % 2 for i in range(40)], "t": [i % 2 for i in range(40)]}
GOOD |= {"at": [f"2026-01-{1 + i % 28:02}" for i in range(40)]}


def small(folder: Path, **analysis: object) -> Config:
    pd.DataFrame(GOOD).to_csv(folder / "reference.csv", index=False)
    frame = pd.DataFrame(GOOD | analysis)
    frame[[c for c in frame.columns if frame[c].iloc[0] != "DROP"]].to_csv(folder / "analysis.csv", index=False)
    return Config(
        reference_path=str(folder / "reference.csv"),
        analysis_path=str(folder / "analysis.csv"),
        feature_columns=("a", "b"),
        probability_column="p",
        prediction_column="y",
        target_column="t",
        timestamp_column="at",
        chunk_size=10,
    )


BAD_TABLES = [
    ({"a": "DROP"}, "drift.missing_column", "no column a"),
    ({"p": "high"}, "drift.non_numeric_probability", "between 0 and 1"),
    ({"p": 1.5}, "drift.probability_out_of_range", "40 rows"),
    ({"at": "soon"}, "drift.bad_timestamp", "ISO 8601"),
    ({"t": 3}, "drift.non_binary_target", "0 and 1"),
    ({"a": "text"}, "drift.column_type_changed", "text in the analysis"),
    ({"a": float("inf")}, "drift.infinite_value", "infinite"),
    ({"a": None}, "drift.empty_column", "no value"),
]


@pytest.mark.parametrize(("change", "code", "words"), BAD_TABLES)
def test_unusable_columns_are_refused_in_words(tmp_path, change, code, words) -> None:
    with pytest.raises(EngineError) as refused:
        run(small(tmp_path, **change), quiet)
    assert refused.value.code == code
    assert words in refused.value.message


BAD_CONFIGS = [
    ({"chunk_size": 30}, "drift.too_few_rows"),
    ({"chunk_size": 1}, "drift.bad_chunk_size"),
    ({"methods": ("psychic",)}, "drift.unknown_method"),
    ({"methods": ()}, "drift.unknown_method"),
    ({"problem_type": "regression"}, "drift.unsupported_problem_type"),
    ({"problem_type": "none"}, "drift.unsupported_problem_type"),
    ({"feature_columns": ()}, "drift.no_columns"),
    ({"feature_columns": ("a",)}, "drift.too_few_columns"),
    ({"probability_column": None}, "drift.missing_column_name"),
    ({"reference_path": "/nowhere/reference.csv"}, "drift.file_missing"),
]


@pytest.mark.parametrize(("change", "code"), BAD_CONFIGS)
def test_unusable_configurations_are_refused(tmp_path, change, code) -> None:
    with pytest.raises(EngineError) as refused:
        run(replace(small(tmp_path), **change), quiet)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "drift.empty_table"),
        (b"a,b\n", "drift.empty_table"),
        (b"a,b\n\xff\xfe,1\n", "drift.unreadable_table"),
        (b"a\n1,2,3\n4\n1,2,3,4,5\n", "drift.unreadable_table"),
    ],
)
def test_unreadable_files_are_refused(tmp_path, content, code) -> None:
    config = small(tmp_path)
    Path(config.analysis_path).write_bytes(content)
    with pytest.raises(EngineError) as refused:
        run(config, quiet)
    assert refused.value.code == code


def test_truncated_parquet_is_refused(tmp_path) -> None:
    path = tmp_path / "cut.parquet"
    pd.DataFrame(GOOD).to_parquet(path)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(EngineError) as refused:
        run(replace(small(tmp_path), analysis_path=str(path)), quiet)
    assert refused.value.code == "drift.unreadable_table"
