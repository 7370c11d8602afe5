"""A scan's result as people read it: one `Shown` for each check that ran."""

from collections.abc import Callable
from typing import Any

from apps.catalog.rules.findings.copies import duplicates, markers, overlap
from apps.catalog.rules.findings.masking import without_texts
from apps.catalog.rules.findings.personal import searched
from apps.catalog.rules.findings.poisoning import integrity, left_out_classes, poisoning
from apps.catalog.rules.findings.sampled import of_sample, weighed
from apps.catalog.rules.findings.shape import Shown, Table, Tile
from apps.catalog.rules.findings.text import generated, language_shares, language_words, text, toxicity
from apps.catalog.rules.scans import SCAN_CHECKS

_BUILDERS: dict[str, Callable[[str, dict[str, Any]], Shown]] = {
    "personal_data": searched,
    "secrets": searched,
    "special_categories": searched,
    "duplicates": duplicates,
    "overlap": overlap,
    "text": text,
    "toxicity": toxicity,
    "poisoning": poisoning,
    "generated": generated,
    "markers": markers,
    "integrity": integrity,
}


def findings_shown(result: dict[str, Any], rows: int | None = None) -> list[Shown]:
    """Every check in the result, in the order of `SCAN_CHECKS`; those that did not run are left out.

    `rows` is how many the table has, where they are not those that the result tells.
    """
    rows = int(result.get("rows") or 0) if rows is None else rows
    sections = {name: part for name in SCAN_CHECKS if isinstance(part := result.get(name), dict)}
    return [weighed(_BUILDERS[name](name, section), section, rows) for name, section in sections.items()]


def checks_missing(result: dict[str, Any]) -> list[str]:
    """What the checks are called that did not run, in words for people."""
    return [label for name, label in SCAN_CHECKS.items() if not isinstance(result.get(name), dict)]


__all__ = [
    "Shown",
    "Table",
    "Tile",
    "checks_missing",
    "findings_shown",
    "language_shares",
    "language_words",
    "left_out_classes",
    "of_sample",
    "without_texts",
]
