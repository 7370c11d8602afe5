"""What the text is like: language, length, faults, toxic language, and how much of it machines wrote."""

from collections.abc import Iterable, Mapping
from typing import Any

from apps.catalog.rules.findings.shape import (
    GOOD,
    UNKNOWN,
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
    share,
)

_MOST_LANGUAGES = 5  # named in a sentence
_LITTLE = 0.0005  # a share that would be written as 0.0 %
_KINDS = (Head("What"), Head("Matches", True), Head("Rows", True), Head("First rows"))


def text(key: str, section: dict[str, Any]) -> Shown:
    """Languages, lengths, encoding faults and hidden characters."""
    told = section.get("language") or {}
    languages = told.get("languages") or []
    encoding, invisible = section.get("encoding") or {}, section.get("invisible") or {}
    faults, hidden = encoding.get("faults") or [], invisible.get("suspicious") or []
    faulty, hiding = _rows(encoding, faults), _rows(invisible, hidden)
    words = ((section.get("length") or {}).get("words")) or {}
    main = next((item.get("name") for item in languages if item.get("code") == told.get("main")), None)
    trouble = f"{plural(faulty, 'row')} with encoding faults, {count(hiding)} with hidden characters"
    return of(
        section,
        key,
        "The text",
        WARNING if faults or hidden else GOOD,
        f"{language_words(section)} {trouble}.".strip(),
        tiles=[
            Tile("Main language", str(main or "–")),
            Tile("Words a row", count(words.get("mean")), note="mean"),
            Tile("Encoding faults", count(faulty), WARNING if faults else GOOD, "rows"),
            Tile("Hidden characters", count(hiding), WARNING if hidden else GOOD, "rows"),
        ],
        tables=[
            *_languages(told),
            *_kinds("Encoding faults", faults),
            *_kinds("Hidden and direction-changing characters", hidden),
        ],
        charts=bars("Rows by language", "Rows", [(str(i.get("name")), i.get("rows") or 0) for i in languages]),
    )


def language_shares(section: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    """The languages that a check found: code, name and share of the rows, the most frequent first."""
    rows = int(section.get("rows_scanned") or 0)
    listed = (section.get("language") or {}).get("languages") or []
    return [
        (str(one.get("code") or ""), str(one.get("name") or one.get("code") or ""), int(one.get("rows") or 0) / rows)
        for one in listed
        if rows
    ]


def language_words(section: Mapping[str, Any]) -> str:
    """The shares in a sentence: ``Language of the rows: English 81.0 %, German 15.0 %, not told 4.0 %.``"""
    shares = language_shares(section)
    if not shares:
        return ""
    told = [f"{name} {share(part)}" for _, name, part in shares[:_MOST_LANGUAGES]]
    others = sum(part for _, _, part in shares[_MOST_LANGUAGES:])
    silent = 1 - sum(part for _, _, part in shares)
    told += [f"others {share(others)}"] if others else []
    told += [f"too short or unsure {share(silent)}"] if silent > _LITTLE else []
    return f"Language of the rows: {', '.join(told)}."


def _languages(told: dict[str, Any]) -> list[Table]:
    heads = (Head("Language"), Head("Rows", True), Head("Share of the rows", True), Head("First rows"))
    named = [(str(one.get("name") or ""), one) for one in told.get("languages") or []]
    named += [
        (name, told.get(key) or {}) for key, name in (("uncertain", "Not sure"), ("too_short", "Too short to tell"))
    ]
    lines = [
        [name, count(one.get("rows")), share(one.get("share")), row_list(one.get("row_numbers"))]
        for name, one in named
        if one.get("rows")
    ]
    return [Table("Languages of the rows", heads, lines)] if lines else []


def toxicity(key: str, section: dict[str, Any]) -> Shown:
    """Hurtful language, and what judged it."""
    rows = int(section.get("rows") or section.get("count") or 0)
    by_model = section.get("judge") == "model"
    judge = f"the model {section.get('model')}" if by_model else "a list of wordings; no model is configured"
    return of(
        section,
        key,
        "Toxic language",
        WARNING if rows else GOOD,
        f"{plural(rows, 'hurtful row')} ({share(section.get('share'))}), judged by {judge}.",
        tiles=[
            Tile("Hurtful rows", count(rows), WARNING if rows else GOOD),
            Tile("Judged by", "Model" if by_model else "Word list"),
        ],
        tables=_kinds("Kinds of hurtful language", section.get("kinds") or []),
        notes=[f"First rows: {row_list(section.get('row_numbers'))}."] if rows else [],
    )


def generated(key: str, section: dict[str, Any]) -> Shown:
    """The estimated share written by machines, never a verdict about one row."""
    estimate, declared = section.get("estimate"), section.get("declared") or {}
    interval = f"{share(section.get('low'))} – {share(section.get('high'))}"
    said = declared.get("share")
    return of(
        section,
        key,
        "Share written by machines",
        UNKNOWN,
        str(section.get("statement") or "No estimate could be made."),
        tiles=[
            Tile("Estimate", share(estimate), note="of all texts, by measured habits"),
            Tile("Interval", interval, note="95 %"),
            Tile("Declared", share(said), note="by the sources" if said is not None else "nobody said"),
        ],
        notes=["This is an estimate for the whole table. It says nothing about a single row."],
    )


def _rows(part: Mapping[str, Any], kinds: Iterable[dict[str, Any]]) -> int:
    """Rows that have any of the kinds. Scans from before they were counted tell those of each kind alone: the most."""
    least = max((int(kind.get("rows") or 0) for kind in kinds), default=0)
    return int(part.get("rows") or least)


def _kinds(caption: str, items: list[dict[str, Any]]) -> list[Table]:
    lines = [
        [
            str(item.get("label") or item.get("kind") or ""),
            count(item.get("count")),
            count(item.get("rows")),
            row_list(item.get("row_numbers")),
        ]
        for item in items
    ]
    return [Table(caption, _KINDS, lines)] if lines else []
