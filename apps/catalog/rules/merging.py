"""What becomes of a row when two branches are merged, told from how each side differs from their common origin.

A row is known by its key. Per row, each side says which of its columns differ from the origin: () for none, None for a
row that the origin lacks. Where both changed the same row, columns that only one of them changed are put together;
a column that both changed to different values is a clash, and so is a row that one changed and the other removed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from apps.catalog.rules.datasheets import IMPORTED_FIELDS, IMPORTED_FROM
from apps.catalog.rules.diffs import ADDED, CHANGED

Changed: TypeAlias = tuple[str, ...] | None
OURS, THEIRS = "ours", "theirs"
SIDES = {OURS: "This branch", THEIRS: "The other branch"}
KEEP, DROP, TAKE, COMBINE, APPEND, SKIP = "keep", "drop", "take", "combine", "append", "skip"
BOTH_CHANGED, BOTH_ADDED = "both_changed", "both_added"
REMOVED_BY_THEM, REMOVED_BY_US = "removed_by_them", "removed_by_us"
CLASHES = {
    BOTH_CHANGED: "Both branches changed the row",
    BOTH_ADDED: "Both branches added a row with this key",
    REMOVED_BY_THEM: "This branch changed the row, the other removed it",
    REMOVED_BY_US: "The other branch changed the row, this one removed it",
}
UNDECLARED = "LicenseRef-undeclared"


@dataclass(frozen=True)
class Decision:
    """What to do with one row that the two sides hold differently. `columns` come from theirs where rows are combined;
    `clash` is empty, or says why somebody has to choose, between the `clashing` columns or the whole row.
    """

    action: str
    columns: tuple[str, ...] = ()
    clash: str = ""
    clashing: tuple[str, ...] = ()


def decide(kind: str, columns: tuple[str, ...], ours: Changed, theirs: Changed) -> Decision:
    """For a row that differs between ours and theirs: `kind` as a comparison of ours with theirs tells it, `columns`
    those in which the two rows differ, `ours` and `theirs` what each changed since the origin.
    """
    if kind == CHANGED:
        return _both_have_it(columns, ours, theirs)
    if kind == ADDED:
        if theirs is None:
            return Decision(APPEND)
        return Decision(SKIP, clash=REMOVED_BY_US, clashing=theirs) if theirs else Decision(SKIP)
    if ours is None:
        return Decision(KEEP)
    return Decision(KEEP, clash=REMOVED_BY_THEM, clashing=ours) if ours else Decision(DROP)


def _both_have_it(columns: tuple[str, ...], ours: Changed, theirs: Changed) -> Decision:
    if ours == ():
        return Decision(TAKE)
    if theirs == ():
        return Decision(KEEP)
    if ours is None or theirs is None:
        return Decision(KEEP, clash=BOTH_ADDED, clashing=columns)
    only_theirs = tuple(name for name in columns if name not in ours)
    clashing = tuple(name for name in columns if name in ours and name in theirs)
    action = (COMBINE if len(only_theirs) < len(columns) else TAKE) if only_theirs else KEEP
    return Decision(action, only_theirs, clash=BOTH_CHANGED if clashing else "", clashing=clashing)


def resolved(decision: Decision, take: str, columns: tuple[str, ...]) -> Decision:
    """A decision whose clash somebody settled by choosing ours or theirs; `columns` are those in which rows differ."""
    if take == OURS:
        return Decision(decision.action, decision.columns)
    if decision.clash == REMOVED_BY_THEM:
        return Decision(DROP)
    if decision.clash == REMOVED_BY_US:
        return Decision(APPEND)
    wanted = {*decision.columns, *decision.clashing}
    return Decision(TAKE if wanted >= set(columns) else COMBINE, tuple(name for name in columns if name in wanted))


def key_text(values: Sequence[Any]) -> tuple[str | None, ...]:
    """A key as choices name it: every value as text, so that 7 in JSON and "7" in CSV are the same."""
    return tuple(None if value is None else str(value) for value in values)


def schema_faults(ours: Sequence[Mapping[str, str]], theirs: Sequence[Mapping[str, str]], format: str) -> list[str]:
    """Why rows of two schemas cannot stand in one file of this format, each as a sentence; none where they can."""
    mine = {column["name"]: column["type"] for column in ours}
    other = {column["name"]: column["type"] for column in theirs}
    faults = [f"Only this branch has the column “{name}”." for name in mine if name not in other]
    faults += [f"Only the other branch has the column “{name}”." for name in other if name not in mine]
    if format not in ("csv", "text"):
        faults += [
            f"The column “{name}” holds {kind} here and {other[name]} there."
            for name, kind in mine.items()
            if name in other and not _goes_with(kind, other[name])
        ]
    return faults


def _goes_with(kind: str, other: str) -> bool:
    return kind == other or "empty" in (kind, other) or {kind, other} == {"integer", "number"}


def licence_of_both(ours: str, theirs: str) -> str:
    """The licence of rows that come from both sides: all terms of each apply. A side without a licence stays visible
    as one that nobody declared.
    """
    if ours == theirs or not theirs and not ours:
        return ours
    return " AND ".join(f"({one})" if " " in one else one for one in (ours or UNDECLARED, theirs or UNDECLARED))


def provenance_of_both(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """One datasheet with every statement of both: equal ones once, different ones beside each other as a list."""
    return _with_origin(_objects(ours, theirs), ours, theirs)


def _objects(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    both = {name: _both(value, theirs[name]) if name in theirs else value for name, value in ours.items()}
    return both | {name: value for name, value in theirs.items() if name not in ours}


def _both(ours: Any, theirs: Any) -> Any:
    if ours == theirs or theirs in (None, "", [], {}):
        return ours
    if ours in (None, "", [], {}):
        return theirs
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _objects(ours, theirs)
    left = ours if isinstance(ours, list) else [ours]
    return [*left, *(one for one in (theirs if isinstance(theirs, list) else [theirs]) if one not in left)]


def _with_origin(merged: dict[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Only statements that came in a file on every side that made them still count as imported."""
    files = list(dict.fromkeys(str(one[IMPORTED_FROM]) for one in (ours, theirs) if one.get(IMPORTED_FROM)))
    plain = {name: value for name, value in merged.items() if name not in (IMPORTED_FROM, IMPORTED_FIELDS)}
    came = sorted(name for name in plain if all(_came(one, name) for one in (ours, theirs) if name in one))
    if not files or not came:
        return plain
    some = {IMPORTED_FIELDS: came} if len(came) < len(plain) else {}
    return plain | {IMPORTED_FROM: " + ".join(files)[:200]} | some


def _came(sheet: Mapping[str, Any], name: str) -> bool:
    return bool(sheet.get(IMPORTED_FROM)) and name in sheet.get(IMPORTED_FIELDS, sheet)
