"""Scan results in exports: counts by kind with their figures, and nothing that was found itself."""

from typing import Any

import pytest

from apps.catalog.rules.metadata import measured_by

SCAN = "Scan 4 of 2026-05-04"
FOUND: dict[str, Any] = {
    "total": 3,
    "rows": 2,
    "rows_scanned": 9,
    "method": "by rule",
    "digest": "ab",
    "error_rate": "few",
}


@pytest.mark.parametrize(
    ("name", "section", "field", "words"),
    [
        ("personal_data", {"total": 0, "rows_scanned": 9}, "personal_information", "no personal data of the kinds"),
        ("personal_data", FOUND | {"findings": [{"entity": "IBAN", "column": "a", "count": 3, "samples": ["DE•••"]}]},
         "personal_information", "3 pieces of personal data in 2 of 9 rows: IBAN 3 in column a."),
        ("secrets", FOUND | {"by_entity": {"AWS": 3}}, "confidentiality", "3 secrets in 2 of 9 rows: AWS 3."),
        ("secrets", {"total": 0, "rows_scanned": 9}, "confidentiality", "no secret of a known form in 9 rows."),
        ("special_categories", FOUND | {"by_entity": {"HEALTH": 3}}, "personal_information", "hints at special"),
        ("markers", {"rows": 1, "rows_scanned": 9, "findings": [{"kind": "isbn", "label": "ISBN", "count": 2}]},
         "contains_copyrighted_material", "marks of rights or secrecy in 1 of 9 rows: ISBN 2."),
        ("markers", {"rows": 0, "rows_scanned": 9, "findings": []}, "contains_copyrighted_material", "no notice"),
        ("poisoning", {"summary": "No trigger was found.", "rows_scanned": 9}, "poisoning", "No trigger was found."),
        ("poisoning", {"signals": {"triggers": 1, "labels": 0}, "rows_scanned": 9}, "poisoning",
         "signals of planted text in 9 rows: triggers 1, labels 0."),
        ("generated", {"low": 0.1, "high": 0.2}, "ai_generated", "low 0.1, high 0.2."),
        ("overlap", {"compared": True, "rows_scanned": 9,
                     "references": [{"contaminated": {"count": 2}, "comparable": 5}]},
         "limitations", "2 of 5 examples of 1 evaluation sets are among 9 rows."),
    ],
)  # fmt: skip
def test_each_section_becomes_a_sentence(name: str, section: dict[str, Any], field: str, words: str) -> None:
    (told,) = measured_by({name: section}, SCAN)
    assert told.field == field and told.words.startswith(f"{SCAN}: ") and words in told.words
    assert "DE•••" not in str(told), "no samples"


def test_sections_that_say_nothing_or_are_broken_give_no_sentence() -> None:
    assert measured_by({}, SCAN) == [] and measured_by({"secrets": None, "overlap": {"compared": False}}, SCAN) == []


def test_figures_hold_counts_method_and_digest() -> None:
    (told,) = measured_by({"secrets": FOUND | {"findings": [{"samples": ["s•••"]}], "by_entity": {"AWS": 3}}}, SCAN)
    assert told.value == FOUND | {"by_entity": {"AWS": 3}} and told.section == "secrets"
