"""What a sample says of a table, held against figures of others."""

import pytest

from apps.catalog.rules.sampling import LEAST_SAMPLE, Sample, highest_share, percent

# C. Clopper and E. Pearson (1934), one-sided upper limits with 95 % confidence, as SciPy's beta.ppf gives them.
LIMITS = [
    (0, 1, 0.95),
    (0, 1_000, 0.00299124954),
    (5, 1_000, 0.01048407691),
    (9, 20_000, 0.00078512889),
    (9_000, 20_000, 0.45581638785),
    (7, 7, 1.0),
]


@pytest.mark.parametrize(("found", "drawn", "limit"), LIMITS)
def test_upper_limits_are_those_of_clopper_and_pearson(found: int, drawn: int, limit: float) -> None:
    assert highest_share(found, drawn) == pytest.approx(limit, rel=1e-6)


def test_for_none_found_it_is_the_rule_of_three() -> None:
    assert highest_share(0, 100_000) == pytest.approx(3 / 100_000, rel=0.002)


@pytest.mark.parametrize(("rows", "total", "is_enough"), [(1, 1, True), (1, 2, False), (999, 10**6, False)])
def test_all_rows_or_a_thousand_are_enough(rows: int, total: int, is_enough: bool) -> None:
    assert Sample(rows, total).is_enough is is_enough and bool(Sample(rows, total).remedy()) is not is_enough
    assert Sample(LEAST_SAMPLE, total * LEAST_SAMPLE).is_enough


def test_words() -> None:
    assert Sample(10, 10).bound(0, "any") == "" and Sample(10, 10).words == "10 rows"
    assert Sample(1, 1).words == "1 row" and Sample(1_000, 5_000).words == "a sample of 1,000 of 5,000 rows"
    assert Sample(1_000, 5_000).bound(0, "it") == "With 95 % confidence at most 0.30 % of all rows hold it."
    assert Sample(1, 5_000).remedy().endswith("scan all rows, or at least 1,000.")
    assert Sample(3, 500).remedy() == "Only 3 of 500 rows were looked at, which tells too little: scan all rows."


def test_limits_are_rounded_up() -> None:
    assert [percent(share) for share in (0.501, 0.0991, 0.00299, 0.000149)] == [
        "51 %",
        "10.0 %",
        "0.30 %",
        "0.015 %",
    ]
