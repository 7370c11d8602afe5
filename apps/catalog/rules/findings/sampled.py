"""What a check is worth that looked at a sample of the rows: its size, and what it leaves possible in the rest."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from apps.catalog.rules.findings.shape import GOOD, UNKNOWN, Shown
from apps.catalog.rules.sampling import Sample, percent
from apps.catalog.rules.scans import PLACED_CHECKS, SAMPLED_CHECKS
from apps.core import formatting

LEAST_PLANTED = 6  # rows of a kind from which a search for triggers can tell one; newer scans say how many it took
_HOLD = {
    "personal_data": "personal data of the kinds looked for",
    "secrets": "a secret of a known form",
    "special_categories": "such a hint",
}


def of_sample(
    check: str, section: Mapping[str, Any], total: int, write: Callable[[int], str] = formatting.number
) -> str:
    """How many rows a check looked at and what may stand in the rest, in sentences; empty where it looked at all.

    `write` writes numbers out.
    """
    rows = section.get("rows_scanned")
    if check not in SAMPLED_CHECKS or rows is None:
        return ""
    sample = Sample(int(rows), total, write)
    if sample.is_whole:
        return ""
    told = f"Looked at: {sample.words}."
    if not sample.rows:
        return told
    if check in PLACED_CHECKS:
        return f"{told} {sample.bound(int(section.get('rows') or 0), _HOLD[check])}"
    return f"{told} {_planted(sample, section)}" if check == "poisoning" else told


def _planted(sample: Sample, section: Mapping[str, Any]) -> str:
    """Rows of a kind are noticed where the sample holds a few of them: what share of the table brings so many in."""
    least = int((section.get("triggers") or {}).get("least_rows") or LEAST_PLANTED)
    if least > sample.rows:
        return f"A trigger is told by {least} rows that hold it, so none could be found."
    return (
        f"A trigger is told by {least} rows that hold it; one that stands in more than"
        f" {percent(sample.at_most(least - 1))} of all rows has so many in the sample, with 95 % confidence."
    )


def weighed(shown: Shown, section: Mapping[str, Any], total: int) -> Shown:
    """The check with what its sample is worth; nothing found in too small a sample is no good news."""
    told = of_sample(shown.key, section, total)
    if not told:
        return shown
    sample = Sample(int(section["rows_scanned"]), total)
    headline = " ".join(filter(None, (shown.headline, told, sample.remedy())))
    if sample.is_enough:
        return replace(shown, headline=headline)
    tiles = [replace(tile, tone="" if tile.tone == GOOD else tile.tone) for tile in shown.tiles]
    return replace(shown, tone=UNKNOWN if shown.tone == GOOD else shown.tone, headline=headline, tiles=tiles)
