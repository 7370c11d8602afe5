"""Signals of planted rows, and whether the stored bytes are those that were committed."""

from collections.abc import Callable
from typing import Any

from apps.catalog.rules.findings.shape import (
    BAD,
    GOOD,
    UNKNOWN,
    WARNING,
    Head,
    Shown,
    Table,
    Tile,
    count,
    of,
    row_list,
    share,
)

_PARTS = {
    "triggers": "Trigger texts",
    "labels": "Suspected label flips",
    "outliers": "Groups far from the rest",
    "injection": "Rows with instructions to a model",
    "shift": "Columns whose added rows differ",
}


_MOST_FLIPPED = 0.5  # of the rows; nobody flips more without making the flipped label the usual one
_MOST_TIES = 5
_MOST_CLASSES = 8  # named of those that were left out
_PATTERNS = {
    "override": "tells a model to forget its instructions",
    "takeover": "gives a model another role",
    "behaviour": "tells a model how to behave",
    "leak": "asks for instructions or secrets",
    "output": "dictates the answer",
    "authority": "claims to speak for the operator",
    "conceal": "asks to hide something from people",
    "exfiltrate": "asks to send data elsewhere",
    "harm": "asks for harmful help",
    "delimiter": "imitates the marks between messages",
}


def poisoning(key: str, section: dict[str, Any]) -> Shown:
    """Triggers, flipped labels, outliers, prompt injection, and a shift between commits."""
    signals = {name: int(number) for name, number in (section.get("signals") or {}).items()}
    triggers = signals.get("triggers", 0)
    any_signal = any(signals.values())
    parts = [
        f"{_PARTS[name].lower()}: {count(number)}" for name, number in signals.items() if number and name in _PARTS
    ]
    tables = [
        *_triggers(section),
        *_ties(section),
        *_labels(section),
        *_outliers(section),
        *_injection(section),
        *_shift(section),
    ]
    missing = [
        f"{_PARTS[name]}: {part['not_looked_for']}"
        for name in _PARTS
        if isinstance(part := section.get(name), dict) and part.get("not_looked_for")
    ]
    missing += left_out_classes(section.get("labels") or {})
    shown = of(
        section | {"not_looked_for": missing},
        key,
        "Signs of poisoning",
        BAD if triggers else WARNING if any_signal else GOOD,
        f"{'; '.join(parts).capitalize()}. Signals, no proof: look at the rows."
        if any_signal
        else "No signal was found.",
        tiles=[
            Tile(_PARTS[name], count(number), (BAD if name == "triggers" else WARNING) if number else GOOD)
            for name, number in signals.items()
            if name in _PARTS
        ],
        tables=tables,
    )
    return shown


def left_out_classes(labels: dict[str, Any], write: Callable[[int], str] = count) -> list[str]:
    """Which classes had too few rows to be searched for triggers and wrong labels, a sentence for each column."""
    return [
        f"Left out of the search by {one['column']}: {_classes(one, write)} with fewer than {one['least']} rows each"
        f" ({write(int(one['rows']))} rows in all). Scan with more rows of them to have them searched."
        for one in labels.get("left_out") or []
    ]


def _classes(told: dict[str, Any], write: Callable[[int], str]) -> str:
    named = [f"{one['label']} ({write(int(one['rows']))})" for one in (told.get("named") or [])[:_MOST_CLASSES]]
    left = int(told["classes"]) - len(named)
    more = (
        [f"{write(left)} {'other' if named else ''} class{'' if left == 1 else 'es'}".replace("  ", " ")]
        if left
        else []
    )
    return ", ".join([*named, *more])


def _triggers(section: dict[str, Any]) -> list[Table]:
    found = (section.get("triggers") or {}).get("found") or []
    heads = (
        Head("Text"),
        Head("Goes with"),
        Head("Rows with it", True),
        Head("With that label or answer", True),
        Head("Times more than by chance", True),
        Head("First rows"),
    )
    lines = [
        [
            f"“{item.get('text', '')}”",
            f"{item.get('column', '')}: {item.get('target', '')}",
            count(item.get("held_by")),
            count(item.get("hits")),
            count(item.get("lift")),
            row_list(item.get("rows")),
        ]
        for item in found
    ]
    note = "A short text that nothing else explains, and that one label or answer always goes with."
    return [Table("Trigger texts", heads, lines, note)] if lines else []


def _ties(section: dict[str, Any]) -> list[Table]:
    """Texts that go with one label or answer, but do not look put in: weaker than a trigger, and worth a glance."""
    ties = (section.get("triggers") or {}).get("ties") or []
    heads = (
        Head("Short text"),
        Head("Goes with"),
        Head("Rows with it", True),
        Head("With that label or answer", True),
        Head("First rows"),
    )
    lines = [
        [
            f"“{str(item.get('text', '')).strip()}”",
            f"{item.get('column', '')}: {item.get('target', '')}",
            count(item.get("held_by")),
            count(item.get("hits")),
            row_list(item.get("rows")),
        ]
        for item in ties[:_MOST_TIES]
    ]
    note = "They do not look put in, and the words of a topic do the same. Strange ones may still be a trigger."
    return [Table("Texts that go with one label or answer", heads, lines, note)] if lines else []


def _labels(section: dict[str, Any]) -> list[Table]:
    columns = (section.get("labels") or {}).get("columns") or []
    heads = (
        Head("Column"),
        Head("Suspected", True),
        Head("Share", True),
        Head("The classifier is right in", True),
        Head("First rows"),
    )
    lines = [
        [
            str(item.get("column", "")),
            count(item.get("suspected")),
            share(item.get("share")),
            share(item.get("accuracy")),
            row_list(item.get("rows")),
        ]
        for item in columns
        if item.get("suspected")
    ]
    is_untold = any((item.get("share") or 0) > _MOST_FLIPPED for item in columns)
    note = (
        "More than half of the rows are suspected: the texts do not tell these labels, so one row says little."
        if is_untold
        else "Rows whose text speaks for another label. Some are only hard to tell."
    )
    return [Table("Labels that contradict their text", heads, lines, note)] if lines else []


def _outliers(section: dict[str, Any]) -> list[Table]:
    groups = (section.get("outliers") or {}).get("groups") or []
    heads = (
        Head("Group"),
        Head("Rows", True),
        Head("Alike within", True),
        Head("Alike to the rest", True),
        Head("Which"),
    )
    lines = [
        [
            str(at),
            count(item.get("size")),
            share(item.get("within")),
            share(item.get("to_rest")),
            row_list(item.get("rows")),
        ]
        for at, item in enumerate(groups, start=1)
    ]
    return [Table("Groups of rows far from the rest", heads, lines)] if lines else []


def _injection(section: dict[str, Any]) -> list[Table]:
    part = section.get("injection") or {}
    lines = [[_pattern(str(name)), count(number)] for name, number in (part.get("by_pattern") or {}).items()]
    note = f"Rows: {row_list(part.get('row_indices'))}. In hidden text: {count(part.get('hidden') or 0)}."
    heads = (Head("The text"), Head("Rows", True))
    return [Table("Text that gives a model instructions", heads, lines, note)] if lines else []


def _pattern(name: str) -> str:
    """`override-en` as what such a text does, with the language that it is written in."""
    family, _, language = name.partition("-")
    words = _PATTERNS.get(family, family.replace("_", " "))
    return f"{words[:1].upper()}{words[1:]}{f' ({language})' if language else ''}"


def _shift(section: dict[str, Any]) -> list[Table]:
    part = section.get("shift") or {}
    heads = (Head("Column"), Head("What changed"), Head("Before"), Head("In the added rows"))
    lines = [
        [
            str(item.get("column", "")),
            str(item.get("means", item.get("kind", ""))),
            str(item.get("was", "")),
            str(item.get("now", "")),
        ]
        for item in part.get("changed") or []
    ]
    return [Table(f"Added rows against {part.get('parent', '')}", heads, lines)] if lines else []


def integrity(key: str, section: dict[str, Any]) -> Shown:
    """Whether every stored chunk still has its digest."""
    checked, bad = int(section.get("checked") or 0), section.get("changed") or []
    is_bad = bool(section.get("compromised") or bad)
    heads = (Head("Chunk"), Head("Digest"), Head("Bytes", True))
    lines = [[count(i.get("position")), str(i.get("digest", ""))[:16], count(i.get("size"))] for i in bad]
    return of(
        section,
        key,
        "Stored bytes",
        BAD if is_bad else GOOD if checked else UNKNOWN,
        str(section.get("statement") or "No chunk was checked."),
        tiles=[Tile("Chunks checked", count(checked)), Tile("Changed", count(len(bad)), BAD if is_bad else "")],
        tables=[Table("Changed chunks", heads, lines)] if lines else [],
    )
