"""Pieces that fillers share: one part for each version, what collectors found, and charts with their tables."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from apps.checklist.rules.status import DECLARED, MEASURED, UNKNOWN
from apps.core.charts import Chart
from apps.reports.rules.documents.content import (
    NOTHING,
    Bullets,
    FactList,
    Filled,
    Known,
    Paragraph,
    Picture,
    Table,
    joined,
)
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts, Json


def label_of(version: Json) -> str:
    """The version as people call it."""
    return str(version["version"]["label"])


def origin_of(step: Json) -> str:
    """Where a model was obtained; a folder of somebody's machine tells a reader nothing."""
    source = str(step.get("source") or "")
    return "files of its maker" if source.startswith(("/", "file:")) else source or "made on this portal"


def each_version(facts: Facts, fill: Callable[[Json], Filled]) -> Filled:
    """What is found of each version; where there are several, each under its name."""
    parts = [(version, fill(version)) for version in facts.versions]
    if len(parts) < 2:
        return joined(part for _, part in parts)
    return joined(_named(label_of(version), part) for version, part in parts)


def _named(label: str, part: Filled) -> Filled:
    heading = (Paragraph(f"{label}:"),) if part else ()
    return replace(part, blocks=(*heading, *part.blocks), missing=tuple(f"{label}: {one}" for one in part.missing))


def said(rows: Iterable[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
    """Names with values as a list of facts takes them; those without a value are left out."""
    return tuple((name, str(value).strip()) for name, value in rows if value is not None and str(value).strip())


def fact_list(rows: Iterable[tuple[str, object]], *known: Known, missing: Sequence[str] = ()) -> Filled:
    """A list of facts; nothing where none has a value."""
    kept = said(rows)
    return Filled((FactList(kept),) if kept else (), known if kept else (), tuple(missing))


def quoted(label: str, words: str, known: Known) -> Filled:
    """Somebody's own words under a name; nothing where there are none."""
    text = words.strip()
    return Filled((FactList(((label, text),)),), (known,)) if text else NOTHING


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], numeric: Iterable[int] = ()
) -> tuple[Table, ...]:
    """A table, or nothing without rows. A value that is not there is an em dash."""
    lines = tuple(tuple("—" if cell in (None, "") else str(cell) for cell in row) for row in rows)
    return (Table(title, tuple(columns), lines, frozenset(numeric)),) if lines else ()


def picture(chart: Chart) -> tuple[Picture, ...]:
    """A chart with the table that it was drawn from; nothing for one without values."""
    if not chart.table_rows:
        return ()
    values = Table(chart.title, tuple(chart.table_headers), tuple(tuple(row) for row in chart.table_rows))
    return (Picture(chart.title, chart.svg, values),)


def record_of(version: Json, name: str = "") -> Known:
    """How a field of a version is known: measured where the files say the same, else declared by the team."""
    facts, of = version["version"].get("facts") or {}, version["version"]
    is_measured = bool(name) and facts.get(name) not in (None, "") and str(facts[name]) == str(of.get(name))
    source = "Read from the version's files" if is_measured else "Record of the version"
    return Known(
        MEASURED if is_measured else DECLARED,
        f"{source}, {of['label']}",
        of.get("updated_at") or of.get("created_at") or "",
        of.get("manifest_digest") or "",
    )


def tuned(version: Json) -> Known:
    """The tuning run that made a version, with the digest of what came out of it."""
    run = version["tuning"]
    digest = (run["result"] or {}).get("model_weights_sha256") or version["version"]["manifest_digest"]
    return Known(MEASURED, f"Tuning run {run['id']}", run["finished_at"] or "", str(digest or ""))


def statement_of(version: Json, *fields: str) -> Filled:
    """What is said of a version under these fields of its card, each with who or which file says it."""
    wanted = [one for name in fields for one in version.get("statements") or () if one["field"] == name]
    return joined(_statement(version, one) for one in wanted)


def _statement(version: Json, one: Json) -> Filled:
    words = "\n".join(_words(one["value"]))
    who = one.get("document") or (one.get("said_by") or {}).get("name") or ""
    source = f"{one['label']} of {label_of(version)}{f', from {who}' if who else ''}"
    return quoted(one["label"], words, Known(one["status"], source, one.get("said_at") or "", record_digest(one)))


def _words(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return [line for item in value for line in _words(item)]
    if isinstance(value, dict):
        return [f"{name.replace('_', ' ')}: {', '.join(_words(item))}" for name, item in value.items()]
    return [] if value is None else [str(value)]


def findings_of(facts: Facts, *collectors: str) -> list[Json]:
    """What these collectors found about the versions, or about the data where there is no version; each thing once."""
    things = facts.versions or facts.datasets
    found: dict[tuple[str, str, str, str], Json] = {}
    for name in collectors:
        for thing in things:
            for one in (thing.get("findings") or {}).get(name) or ():
                found[name, one["subject_type"], one["subject_id"], one["subject_digest"]] = one
    return list(found.values())


def known_of(finding: Json, at: str) -> Known:
    """How one finding is known."""
    source = f"{finding['title']}: {finding['subject_label']}. {finding['method']}"
    return Known(finding["status"], source, at, finding["subject_digest"])


def told(facts: Facts, *collectors: str) -> Filled:
    """What collectors found, in their words. What they looked for and did not find is missing."""
    found = findings_of(facts, *collectors)
    knowing = [one for one in found if one["status"] != UNKNOWN]
    items = tuple(dict.fromkeys(one["summary"] for one in knowing))
    return Filled(
        (Bullets(items),) if items else (),
        tuple(known_of(one, facts.taken_at) for one in knowing),
        tuple(dict.fromkeys(f"{one['title']} – {one['summary']}" for one in found if one["status"] == UNKNOWN)),
    )
