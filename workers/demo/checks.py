"""What the demo holds the portal's results against: the key of planted things, NannyML itself, the pack's verifier."""

import json
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import nannyml
import pandas as pd

from workers.demo.client import DemoError
from workers.drift import car_loan

CAR_LOAN_COLUMNS = {
    "feature_columns": list(car_loan.FEATURES),
    "probability_column": car_loan.PROBABILITY,
    "prediction_column": car_loan.PREDICTION,
    "target_column": car_loan.TARGET,
    "timestamp_column": car_loan.TIMESTAMP,
    "chunk_size": 5000,
}
RECORD = "snapshot.json"  # of a pack
METRICS_OF_PROOF = ("loss", "perplexity")  # measured on every token, so decided by few rows


def findings_match(result: dict[str, Any], key_file: Path) -> str:
    """Hold a scan's findings against what was planted. Raises DemoError for anything missing or too much."""
    key = json.loads(key_file.read_text(encoding="utf-8"))
    planted = dict(Counter(item["entity"] for item in key["personal_data"]))
    found = result["personal_data"]["by_entity"]
    if found != planted:
        raise DemoError(f"Planted {planted}, found {found}.")
    copies = result["duplicates"]
    expected = (len(key["exact_duplicates"]), len(key["near_duplicates"]))
    if (copies["exact_rows"], copies["near_rows"]) != expected:
        raise DemoError(f"Planted {expected} copies, found {copies['exact_rows']} and {copies['near_rows']}.")
    pairs = ", ".join(f"{number} × {entity.lower().replace('_', ' ')}" for entity, number in sorted(found.items()))
    return f"found exactly what was planted: {pairs}; {expected[0]} exact and {expected[1]} near copies"


def comparison_lines(result: dict[str, Any]) -> list[str]:
    """Base, tuned and difference with its 95 % interval, a line a metric."""
    return [
        f"{item['name']:<12} base {item['baseline']:9.3f}   tuned {item['model']:9.3f}   "
        f"difference {item['difference']:+9.3f} [{item['low']:+.3f}, {item['high']:+.3f}]"
        for item in result["comparisons"]
    ]


def improved(result: dict[str, Any]) -> str:
    """Raise DemoError unless the tuned model is better by more than chance."""
    better = [item["name"] for item in result["comparisons"] if item["improved"]]
    if not set(METRICS_OF_PROOF) <= set(better):
        raise DemoError(f"The tuned model is not measurably better in {', '.join(METRICS_OF_PROOF)}.")
    return f"measurably better in {', '.join(better)} on {result['rows']} held-out rows"


def equals_nannyml(result: dict[str, Any], paths: car_loan.Paths) -> str:
    """Take the same values with NannyML alone, and compare them to the last bit."""
    own = _own_values(pd.read_csv(paths.reference), pd.read_csv(paths.analysis))
    compared = 0
    for measure in result["measures"]:
        wanted = own.get((measure["metric"], measure["column"]))
        if wanted is None:
            continue
        got = [chunk["value"] for chunk in measure["chunks"] if chunk["period"] == "analysis"]
        if got != wanted:
            raise DemoError(f"{measure['metric']} of {measure['column']} differs from NannyML's own: {got} ≠ {wanted}")
        compared += len(got)
    if compared != sum(len(values) for values in own.values()):
        raise DemoError("Some of NannyML's values are missing from the result.")
    return f"{compared} chunk values equal NannyML's own, {result['alerts']} alerts"


def _own_values(reference: pd.DataFrame, analysis: pd.DataFrame) -> dict[tuple[str, str | None], list[float]]:
    """NannyML used directly, as its documentation shows."""
    features, common = list(car_loan.FEATURES), {"timestamp_column_name": car_loan.TIMESTAMP, "chunk_size": 5000}
    univariate = nannyml.UnivariateDriftCalculator(
        column_names=features,
        continuous_methods=["jensen_shannon"],
        categorical_methods=["jensen_shannon"],
        **common,
    )
    distances = univariate.fit(reference).calculate(analysis).filter(period="analysis").to_df()
    found: dict[tuple[str, str | None], list[float]] = {
        ("jensen_shannon", name): distances[(name, "jensen_shannon", "value")].tolist() for name in features
    }
    rebuilt = nannyml.DataReconstructionDriftCalculator(column_names=features, **common)
    errors = rebuilt.fit(reference).calculate(analysis).filter(period="analysis").to_df()
    found["reconstruction_error", None] = errors[("reconstruction_error", "value")].tolist()
    cbpe = nannyml.CBPE(
        problem_type="classification_binary",
        y_pred_proba=car_loan.PROBABILITY,
        y_pred=car_loan.PREDICTION,
        y_true=car_loan.TARGET,
        metrics=["roc_auc"],
        **common,
    )
    estimated = cbpe.fit(reference).estimate(analysis).filter(period="analysis").to_df()
    found["estimated_roc_auc", None] = estimated[("roc_auc", "value")].tolist()
    return found


def verified(pack: Path) -> str:
    """Run the pack's own verifier, with nothing but the standard library. Raises DemoError when it is not content."""
    done = _verify(pack)
    if done.returncode != 0:
        raise DemoError(f"The pack does not verify: {done.stdout}{done.stderr}")
    return done.stdout.strip().splitlines()[-1]


def tampered_is_named(pack: Path, copy: Path) -> str:
    """Change one byte of the pack's record and see it named. Raises DemoError when nobody notices."""
    with zipfile.ZipFile(pack) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            content = bytearray(source.read(item))
            if item.filename == RECORD:
                content[len(content) // 2] ^= 1
            target.writestr(item, bytes(content))
    done = _verify(copy)
    if done.returncode != 1:
        raise DemoError(f"A changed byte was not noticed: {done.stdout}{done.stderr}")
    named = next((line for line in done.stdout.splitlines() if RECORD in line), done.stdout.strip())
    return f"noticed: {named.strip()}"


def _verify(pack: Path) -> "subprocess.CompletedProcess[str]":
    with zipfile.ZipFile(pack) as archive:
        name = next(name for name in archive.namelist() if name.endswith("verify_pack.py"))
        script = pack.with_name("verify_pack.py")
        script.write_bytes(archive.read(name))
    command = [sys.executable, "-I", "-S", str(script), str(pack)]
    return subprocess.run(command, capture_output=True, text=True)
