"""How many rows there are, how many repeat or are faulty, and what is missing in them (Article 10(2)(e), (3))."""

from apps.core.formatting import number, percent
from apps.reports.rules.documents.content import NOTHING, Filled, Table, joined
from apps.reports.rules.documents.filling.data import stored
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.governance import covered, said, scan_known, scanned, unscanned
from apps.reports.rules.documents.filling.registry import filler

_CHECKS = ("text", "duplicates", "poisoning", "integrity")


@filler("governance.quantity")
def quantity(facts: Facts) -> Filled:
    """Number of rows, and how many of them repeat others."""
    found = scanned(facts, "duplicates")
    if not found:
        return NOTHING
    columns = ("Data set", "Rows", "Exact repeats", "Rows without repeats", "Near repeats")
    table = Table("Rows and repeats", columns, tuple(_amount(*one) for one in found), frozenset(range(1, 5)))
    missing = tuple(f"Nobody counted repeated rows in {data['label']}." for data in unscanned(facts, "duplicates"))
    return Filled((table,), tuple(scan_known(data, "duplicates") for data, _ in found), missing)


def _amount(data: Json, part: Json) -> tuple[str, ...]:
    rows, repeats = int(data.get("rows") or 0), int(part.get("exact_rows") or 0)
    return (data["label"], number(rows), number(repeats), number(rows - repeats), number(part.get("near_rows")))


@filler("governance.errors")
def errors(facts: Facts) -> Filled:
    """Faults found in the rows, and the state of the stored bytes."""
    rows, known = [], []
    for data in covered(facts):
        parts = {check: part for check in _CHECKS for one, part in scanned(facts, check) if one["id"] == data["id"]}
        rows += [(data["label"], kind, found) for kind, found in _faults(parts)]
        known += [scan_known(data, check) for check in parts]
    if not rows:
        return NOTHING
    missing = tuple(
        f"{data['label']}: encoding, language and invisible characters were not looked at."
        for data in unscanned(facts, "text")
    )
    return Filled((Table("Faults found", ("Data set", "Looked for", "Found"), tuple(rows)),), tuple(known), missing)


def _faults(parts: dict[str, Json]) -> list[tuple[str, str]]:
    found = []
    if text := parts.get("text"):
        found.append(("Encoding faults", _rows((text.get("encoding") or {}).get("rows"))))
        found.append(("Invisible or direction-changing characters", _rows((text.get("invisible") or {}).get("rows"))))
    if copies := parts.get("duplicates"):
        found.append(("Rows that repeat another exactly", _rows(copies.get("exact_rows"))))
    if planted := parts.get("poisoning"):
        found.append(("Signs of planted rows", str(planted.get("statement") or "looked for")))
    if stored := parts.get("integrity"):
        words = "something does not match" if stored.get("compromised") else "every piece matches its digest"
        found.append(("Stored bytes against their digests", words))
    return found


def _rows(count: int | None) -> str:
    return f"{number(count)} {'row' if count == 1 else 'rows'}"


@filler("governance.completeness")
def completeness(facts: Facts) -> Filled:
    """Empty values, and what is known to be missing."""
    return joined([_empty_values(facts), said(facts, "missing_data", "imputation", "limitations")])


def _empty_values(facts: Facts) -> Filled:
    counted = [(data, column) for data in covered(facts) for column in _columns(data)]
    if not counted:
        return NOTHING
    heads = ("Data set", "Column", "Empty values", "Share of the rows")
    table = Table("Empty values by column", heads, tuple(_empty(*one) for one in counted), frozenset({2, 3}))
    return Filled((table,), tuple(dict.fromkeys(stored(data) for data, _ in counted)))


def _columns(data: Json) -> list[Json]:
    columns = (data.get("statistics") or {}).get("columns") or []
    return [column for column in columns if column.get("nulls") is not None]


def _empty(data: Json, column: Json) -> tuple[str, ...]:
    nulls, total = int(column["nulls"]), int(data.get("rows") or 0)
    return (data["label"], str(column.get("name")), number(nulls), percent(nulls / total) if total else percent(None))
