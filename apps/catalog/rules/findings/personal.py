"""Personal data, secrets and special categories: kinds and columns, with masked samples."""

from typing import Any

from apps.catalog.rules.findings.shape import (
    GOOD,
    WARNING,
    Head,
    Shown,
    Table,
    Tile,
    bars,
    count,
    of,
    plural,
    row_list,
    sentence,
)

_HEADS = (
    Head("Kind"),
    Head("Column"),
    Head("Matches", True),
    Head("Rows", True),
    Head("Samples, masked"),
    Head("First rows"),
)
_WORDS = {
    "personal_data": ("Personal data", "piece of personal data", "pieces of personal data", "nothing of a known form"),
    "secrets": ("Secrets", "secret", "secrets", "no key, token or password of a known form"),
    "special_categories": (
        "Special categories",
        "hint at a special category",
        "hints at special categories",
        "no hint at health, religion, politics, union, sexual life, biometric or genetic data, or origin",
    ),
}


def searched(key: str, section: dict[str, Any]) -> Shown:
    """A section that lists findings by kind and column."""
    title, one, many, none = _WORDS[key]
    total, rows = int(section.get("total") or 0), int(section.get("rows") or 0)
    found = section.get("findings") or []
    by_entity = {sentence(name): number for name, number in (section.get("by_entity") or {}).items()}
    return of(
        section,
        key,
        title,
        WARNING if total else GOOD,
        f"{plural(total, one, many)} in {plural(rows, 'row')}." if total else f"Found {none}.",
        tiles=[
            Tile(title, count(total), WARNING if total else GOOD),
            Tile("Rows with any", count(rows)),
            Tile("Rows searched", count(section.get("rows_scanned"))),
        ],
        tables=[Table(f"{title} by kind and column", _HEADS, [_line(item) for item in found])] if found else [],
        charts=bars(f"{title} by kind", "Matches", by_entity),
        notes=[str(section["expectations"])] if section.get("expectations") else [],
    )


def _line(item: dict[str, Any]) -> list[str]:
    return [
        sentence(str(item.get("entity", ""))),
        str(item.get("column", "")),
        count(item.get("count")),
        count(item.get("rows")),
        " · ".join(str(sample) for sample in item.get("samples") or []),
        row_list(item.get("row_indices")),
    ]
