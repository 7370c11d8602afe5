"""Copies of rows, overlap with evaluation data, and what belongs to others."""

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
    plural,
    row_list,
    share,
)

_MOST_CLUSTERS = 10


def duplicates(key: str, section: dict[str, Any]) -> Shown:
    """Rows that repeat another, exactly or nearly."""
    exact, near = int(section.get("exact_rows") or 0), int(section.get("near_rows") or 0)
    lines = [
        [kind, count(item.get("size")), row_list(item.get("rows")), share(item.get("lowest_similarity"))]
        for kind, name in (("Exact", "exact_clusters"), ("Near", "near_clusters"))
        for item in (section.get(name) or [])[:_MOST_CLUSTERS]
    ]
    heads = (Head("Copies"), Head("Rows in the group", True), Head("Which rows"), Head("Least alike", True))
    note = (
        f"{plural(int(section.get('exact_cluster_count') or 0), 'group')} of exact and"
        f" {int(section.get('near_cluster_count') or 0)} near copies; ten of each are shown at most. Rows count from 1."
    )
    return of(
        section,
        key,
        "Copies of rows",
        WARNING if exact or near else GOOD,
        f"{plural(exact, 'row repeats', 'rows repeat')} another exactly and {count(near)} nearly."
        if exact or near
        else "No copies.",
        tiles=[
            Tile("Exact copies", count(exact), WARNING if exact else GOOD, "rows that repeat another"),
            Tile("Near copies", count(near), WARNING if near else GOOD, "rows almost like another"),
        ],
        tables=[Table("Rows that are copies of each other", heads, lines, note)] if lines else [],
    )


def overlap(key: str, section: dict[str, Any]) -> Shown:
    """Examples of evaluation sets among the rows."""
    references = section.get("references") or []
    if not references:
        return of(
            section, key, "Overlap with evaluation data", UNKNOWN, "No evaluation set was named, so none was compared."
        )
    hit = sum(int((item.get("contaminated") or {}).get("count") or 0) for item in references)
    partly = sum(int((item.get("partly") or {}).get("count") or 0) for item in references)
    heads = (
        Head("Set"),
        Head("Examples", True),
        Head("Held here", True),
        Head("Share", True),
        Head("In part", True),
        Head("Rows hit", True),
        Head("First rows"),
    )
    lines = [
        [
            str(item.get("label", "")),
            count(item.get("rows")),
            count((item.get("contaminated") or {}).get("count")),
            share((item.get("contaminated") or {}).get("share")),
            count((item.get("partly") or {}).get("count")),
            count(item.get("rows_hit")),
            row_list(item.get("row_numbers")),
        ]
        for item in references
    ]
    words = f"{plural(hit, 'example')} of evaluation sets stand in the rows, {count(partly)} more in part."
    return of(
        section,
        key,
        "Overlap with evaluation data",
        BAD if hit else WARNING if partly else GOOD,
        words if hit or partly else "None of the examples compared with stands in the rows.",
        tiles=[
            Tile("Examples held", count(hit), BAD if hit else GOOD, "a model trained on this would know them"),
            Tile("Sets compared", count(len(references))),
        ],
        tables=[Table("Overlap by evaluation set", heads, lines)],
    )


def markers(key: str, section: dict[str, Any]) -> Shown:
    """Notices of copyright and secrecy, and passages of protected works."""
    found, works = section.get("findings") or [], section.get("protected") or []
    rows = int(section.get("rows") or 0)
    passages = sum(int(item.get("passages") or 0) for item in works)
    heads = (Head("Marker"), Head("Matches", True), Head("Rows", True), Head("Wordings"), Head("First rows"))
    lines = [
        [
            str(item.get("label") or item.get("kind") or ""),
            count(item.get("count")),
            count(item.get("rows")),
            ", ".join(str(form.get("text", "")) for form in (item.get("forms") or [])[:4]),
            row_list(item.get("row_numbers")),
        ]
        for item in found
    ]
    tables = [Table("Markers of rights and secrecy", heads, lines)] if lines else []
    if works:
        tables.append(_works(works))
    marked = (
        f"{plural(rows, 'row carries', 'rows carry')} a notice or a banner" if rows else "no notice or banner was found"
    )
    return of(
        section,
        key,
        "Copyright and confidentiality",
        BAD if passages else WARNING if rows else GOOD,
        f"{marked[:1].upper()}{marked[1:]}; {plural(passages, 'passage')} of protected works.",
        tiles=[
            Tile("Rows with a marker", count(rows), WARNING if rows else GOOD),
            Tile("Protected passages", count(passages), BAD if passages else GOOD if works else UNKNOWN),
        ],
        tables=tables,
        notes=[] if works else ["No protected corpus was named to compare with."],
    )


def _works(works: list[dict[str, Any]]) -> Table:
    heads = (
        Head("Protected corpus"),
        Head("Passages", True),
        Head("Rows", True),
        Head("Of the corpus", True),
        Head("First rows"),
    )
    lines = [
        [
            str(item.get("label", "")),
            count(item.get("passages")),
            count(item.get("rows")),
            share(item.get("share")),
            row_list(item.get("row_numbers")),
        ]
        for item in works
    ]
    return Table("Passages of protected works", heads, lines)
