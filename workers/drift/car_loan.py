"""NannyML's bundled synthetic car-loan data as two CSV files, for the demonstration and for tests.

Source: NannyML (Apache-2.0), ``nannyml.load_synthetic_car_loan_dataset``: 50,000 reference and 50,000 analysis rows, no
real people. The targets of the analysis period, a file of their own there, are joined on the row's ``id``.
"""

from dataclasses import dataclass
from pathlib import Path

from workers.drift import measures

FEATURES = (
    "car_value",
    "salary_range",
    "debt_to_income_ratio",
    "loan_length",
    "repaid_loan_on_prev_car",
    "size_of_downpayment",
    "driver_tenure",
)
PROBABILITY, PREDICTION, TARGET, TIMESTAMP = "y_pred_proba", "y_pred", "repaid", "timestamp"


@dataclass(frozen=True)
class Paths:
    """Where the two tables lie."""

    reference: Path
    analysis: Path


def write(folder: Path) -> Paths:
    """Write ``reference.csv`` and ``analysis.csv``; floats are written in full and read back bit for bit."""
    reference, analysis, targets = measures.car_loan_frames()
    folder.mkdir(parents=True, exist_ok=True)
    paths = Paths(folder / "reference.csv", folder / "analysis.csv")
    reference.to_csv(paths.reference, index=False)
    analysis.merge(targets, on="id", how="left", validate="one_to_one").to_csv(paths.analysis, index=False)
    return paths
