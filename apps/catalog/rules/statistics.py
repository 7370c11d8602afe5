"""What the figures of a column are, which of its values may be shown as words, and how two versions' figures differ."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

BINS = 20
MOST_CATEGORIES = 20
ROWS_A_CATEGORY = 5  # fewer rows than this a value: it names the row rather than a group of rows
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
# Labels and codes, never sentences, addresses or numbers of people: at most three words, no @, no four digits in a row.
_LABEL = re.compile(r"(?!.*\d{4})\w[\w.,/&+-]{0,30}( [\w.,/&+-]{1,30}){0,2}")


def is_label(value: str) -> bool:
    """Whether a text looks like the name of a category rather than like something that somebody wrote."""
    return len(value) <= 40 and _LABEL.fullmatch(value) is not None


def categories_of(counts: Mapping[str, int], rows: int) -> list[dict[str, Any]]:
    """The values of a column as categories, most frequent first; none where one of them reads like free text."""
    if not counts or len(counts) > MOST_CATEGORIES or rows < ROWS_A_CATEGORY * len(counts):
        return []
    if not all(is_label(value) for value in counts):
        return []
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"value": value, "count": count} for value, count in ordered]


def bins_of(counts: Mapping[int, int], low: float, high: float) -> dict[str, Any]:
    """A histogram of equal bins between `low` and `high`, out of rows counted by the number of their bin."""
    bins = 1 if low == high else BINS
    return {"low": low, "high": high, "counts": [int(counts.get(place, 0)) for place in range(bins)]}


def schema_change(before: Sequence[Mapping[str, str]], after: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """One line for each column that came, went or has another type; `change` is added, removed or retyped."""
    old = {column["name"]: column["type"] for column in before}
    new = {column["name"]: column["type"] for column in after}
    lines = [_line(name, "removed", old[name], "") for name in old if name not in new]
    lines += [_line(name, "added", "", new[name]) for name in new if name not in old]
    both = [name for name in new if name in old and old[name] != new[name]]
    return lines + [_line(name, "retyped", old[name], new[name]) for name in both]


def _line(name: str, change: str, before: str, after: str) -> dict[str, str]:
    return {"column": name, "change": change, "before": before, "after": after}


_FIGURES = (
    ("nulls", "Empty values"),
    ("distinct", "Different values (about)"),
    ("number.mean", "Mean"),
    ("number.low", "Lowest"),
    ("number.high", "Highest"),
    ("number.median", "Median"),
    ("length.mean", "Mean length (characters)"),
    ("length.high", "Longest (characters)"),
    ("time.low", "Earliest"),
    ("time.high", "Latest"),
)


def statistics_change(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The figures that differ, one line each: column, label, before, after. Nothing where one side has no figures."""
    if not before or not after:
        return []
    old = {column["name"]: column for column in before["columns"]}
    found = []
    for column in after["columns"]:
        for path, label in _FIGURES if column["name"] in old else ():
            was, now = _figure(old[column["name"]], path), _figure(column, path)
            if was != now and not (was is None and now is None):
                is_number = all(value is None or isinstance(value, int | float) for value in (was, now))
                line = {"column": column["name"], "figure": label, "before": was, "after": now}
                found.append(line | {"is_number": is_number})
    return found


def _figure(column: Mapping[str, Any], path: str) -> Any:
    part, _, name = path.rpartition(".")
    return (column.get(part) or {}).get(name) if part else column.get(name)
