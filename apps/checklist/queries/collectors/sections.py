"""Collectors that speak of what newer scans look for: planted rows, machine writing, markers, secrets, contamination.

A scan from before these checks says so and asks for a new one. Digests are those that the scan gave its sections, so
that a second scan with the same findings makes nothing stale.
"""

from collections.abc import Callable, Iterable
from typing import Any

from apps.catalog.models import DatasetVersion
from apps.catalog.queries import Scanned
from apps.catalog.rules.findings import left_out_classes, of_sample, without_texts
from apps.checklist.queries.collectors.dataset import data_finding, of_each
from apps.checklist.queries.collectors.words import counted, grouped, joined
from apps.checklist.queries.facts import DataFacts
from apps.checklist.rules import MEASURED, UNKNOWN, Finding
from apps.checklist.rules.findings import ASKS
from apps.core.canonical import digest_of

NO_SCAN = "no scan of this version has finished."
NOT_LOOKED_FOR = "not looked for by this scan; scan again."
NO_SET = (
    "no evaluation set was there to compare with. Mark a dataset as evaluation set in its settings, or name one when"
    " you scan, and scan again."
)
TOO_SHORT = "no example of {} is long enough to be found among rows. Name a set of longer examples and scan again."
VACUOUS = 0.95  # an interval as wide as this tells nothing: nearly any share is compatible with what was measured
Section = dict[str, Any]
Told = tuple[str, str, dict[str, Any]]  # how it is known, in words, with values


def _of_sections(
    facts: DataFacts, collector: str, names: tuple[str, ...], tell: Callable[[DatasetVersion, dict[str, Section]], Told]
) -> list[Finding]:
    """One finding for each scanned dataset version: what the newest scan that looked for each of these found.

    What the scans did not look into makes it unknown, and tells what to do.
    """

    def find(data: DatasetVersion) -> Finding | None:
        found = facts.scanned(data)
        if found is None:
            return None
        parts = {name: part for name in names if (part := found.section(name)) is not None}
        status, summary, value = tell(data, parts) if parts else (UNKNOWN, NOT_LOOKED_FOR, {})
        is_named = data.team_id == facts.team_id
        gaps = " ".join(dict.fromkeys(gap for name in parts if (gap := found.left_out(name, data, is_named=is_named))))
        told = " ".join(dict.fromkeys(of_sample(name, part, data.rows, grouped) for name, part in parts.items()))
        summary = " ".join(filter(None, (summary, told.strip(), gaps)))
        status = UNKNOWN if gaps else status
        value |= {"scans": _scans(found, names)}
        digest = _digest(data, parts | ({"left_out": {"digest": gaps}} if gaps else {}))
        return data_finding(collector, data, status, _method(found, parts), summary, value, digest)

    return of_each(facts, collector, NO_SCAN, find)


def _scans(found: Scanned, names: Iterable[str]) -> list[int]:
    """The scans that speak of these checks; the newest where none does."""
    return sorted({scan.pk for name in names for scan in found.scans_of(name)})


def _method(found: Scanned, parts: dict[str, Section]) -> str:
    """Which scan found what, and how."""
    if not parts:
        return f"Scan {found.newest.pk}"
    methods: dict[int, list[str]] = {}
    for name, part in parts.items():
        first, *others = found.scans_of(name)
        methods.setdefault(first.pk, []).append(str(part.get("method", "")))
        for scan in others:
            methods.setdefault(scan.pk, []).append("What it alone was compared with, in the same way.")
    return " ".join(f"Scan {pk}: {' '.join(told).strip()}" for pk, told in methods.items())


def _digest(data: DatasetVersion, parts: dict[str, Section]) -> str:
    found = {name: part.get("digest") or digest_of(part) for name, part in parts.items()}
    return digest_of({"content": data.digest, "found": found})


def poisoning(facts: DataFacts) -> list[Finding]:
    """Signals of planted rows; each asks for a word of somebody who looked at the rows."""

    def tell(data: DatasetVersion, parts: dict[str, Section]) -> Told:
        part = parts["poisoning"]
        found = {name: int(number) for name, number in (part.get("signals") or {}).items()}
        value: dict[str, Any] = {"signals": found, "triggers": _triggers(part)}
        suspicious = [name for name in ("triggers", "outliers", "injection", "shift") if found.get(name)]
        if suspicious:
            value[ASKS] = f"{data} shows signs of planted rows ({joined(suspicious)}); say what they are."
        named = f" Triggers: {'; '.join(value['triggers'])}." if value["triggers"] else ""
        looked_at = f" {counted(int(part['rows_scanned']), 'row')} looked at."
        missing = _not_looked_for(part)
        words = f"{part.get('statement', '')}{named}{looked_at}{missing} {part.get('error_rate', '')}".strip()
        return MEASURED, words, value

    return _of_sections(facts, "dataset.poisoning", ("poisoning",), tell)


_PARTS = {
    "triggers": "hidden triggers",
    "labels": "labels that contradict their texts",
    "outliers": "groups of rows far from the rest",
    "shift": "a change against the version before",
}


def _not_looked_for(part: Section) -> str:
    """Which signs could not be looked for, and which rows were left out of it."""
    held = {name: part.get(name) or {} for name in _PARTS}
    gaps = [
        f"{_PARTS[name]} ({why.rstrip('.').lower()})"
        for name, one in held.items()
        if (why := one.get("not_looked_for"))
    ]
    told = f" Not looked for: {'; '.join(gaps)}." if gaps else ""
    return told + "".join(f" {words}" for words in left_out_classes(held["labels"], grouped))


def _triggers(part: Section) -> list[str]:
    """In words without the texts themselves: answers are read by people who may not read the rows."""
    part = without_texts({"poisoning": part})["poisoning"]
    found = (part.get("triggers") or {}).get("found") or []
    return [f"“{one['text']}” with {one['column']} “{one['target']}” in {one['hits']} rows" for one in found[:5]]


def generated(facts: DataFacts) -> list[Finding]:
    """The estimated share of text that machines wrote, beside what is declared; a disagreement asks for a word."""

    def tell(data: DatasetVersion, parts: dict[str, Section]) -> Told:
        part = parts["generated"]
        value = {name: part.get(name) for name in ("estimate", "low", "high", "declared", "agreement")}
        if part.get("agreement") == "disagrees":
            value[ASKS] = f"What is declared about machine-written text in {data} disagrees with what was measured."
        return _spread(part), f"{part.get('statement', '')} {part.get('error_rate', '')}".strip(), value

    return _of_sections(facts, "dataset.generated", ("generated",), tell)


def _spread(part: Section) -> str:
    """Measured, unless the interval leaves nearly every share possible: then nothing is known by it."""
    low, high = part.get("low"), part.get("high")
    if part.get("estimate") is None or low is None or high is None:
        return UNKNOWN
    return MEASURED if high - low < VACUOUS else UNKNOWN


def markers(facts: DataFacts) -> list[Finding]:
    """Notices, banners and passages of protected works that stand in the rows."""

    def tell(data: DatasetVersion, parts: dict[str, Section]) -> Told:
        part = parts["markers"]
        kinds = {str(one["kind"]): int(one["rows"]) for one in part.get("findings") or []}
        named = [f"{one['label']} in {counted(int(one['rows']), 'row')}" for one in part.get("findings") or []]
        works = [one for one in part.get("protected") or [] if one.get("passages")]
        named += [f"passages of {one['label']} in {counted(int(one['rows']), 'row')}" for one in works]
        value: dict[str, Any] = {"rows": part.get("rows"), "kinds": kinds, "protected": len(works)}
        if named:
            value[ASKS] = f"{data} holds markers of rights or confidentiality, and nobody has said what was decided."
        looked_at = f" {counted(int(part['rows_scanned']), 'row')} looked at."
        words = f"Found: {'; '.join(named)}." if named else "No notices, banners or protected passages were found."
        return MEASURED, f"{words}{looked_at} {part.get('error_rate', '')}".strip(), value

    return _of_sections(facts, "dataset.markers", ("markers",), tell)


def sensitive(facts: DataFacts) -> list[Finding]:
    """Secrets, and special categories of personal data."""
    titles = {"secrets": "secrets", "special_categories": "special categories of personal data"}

    def tell(data: DatasetVersion, parts: dict[str, Section]) -> Told:
        totals = {name: int(part["total"]) for name, part in parts.items()}
        value: dict[str, Any] = {"totals": totals}
        if any(totals.values()):
            value[ASKS] = f"{data} holds secrets or special categories, and nobody has said what was decided."
        told = [_counted_kinds(titles[name], part) for name, part in parts.items()]
        missing = [f"{title}: {NOT_LOOKED_FOR}" for name, title in titles.items() if name not in parts]
        is_whole = not missing and all(int(part["rows_scanned"]) >= data.rows for part in parts.values())
        if not missing and not is_whole:
            missing = ["Only a part of the rows was searched."]
        return MEASURED if is_whole else UNKNOWN, " ".join(told + missing), value

    return _of_sections(facts, "dataset.sensitive", tuple(titles), tell)


def _counted_kinds(title: str, part: Section) -> str:
    looked_at = counted(int(part["rows_scanned"]), "row")
    if not part["total"]:
        return f"No {title} were found in {looked_at}."
    kinds = joined([f"{name.replace('_', ' ').lower()} {number}" for name, number in sorted(part["by_entity"].items())])
    return f"{part['total']} {title} in {counted(int(part['rows']), 'row')} of {looked_at}: {kinds}."


def contamination(facts: DataFacts) -> list[Finding]:
    """Examples of evaluation sets that stand in the rows: scores on them say nothing."""

    def tell(data: DatasetVersion, parts: dict[str, Section]) -> Told:
        part = parts["overlap"]
        sets = part.get("references") or []
        held = {str(one["label"]): int(one["contaminated"]["count"]) for one in sets}
        value: dict[str, Any] = {"contaminated": held}
        if not sets:
            known = facts.scanned(data)
            return UNKNOWN, "" if known and known.not_compared("overlap", data) else NO_SET, value
        if not any(one["comparable"] for one in sets):
            return UNKNOWN, TOO_SHORT.format(joined(list(held))), value
        if any(held.values()):
            value[ASKS] = f"{data} holds examples of evaluation sets; say which scores may still be relied on."
        named = "; ".join(_held(one) for one in sets)
        return (
            MEASURED,
            f"Examples of evaluation sets among the rows: {named}. {part.get('error_rate', '')}".strip(),
            value,
        )

    return _of_sections(facts, "dataset.contamination", ("overlap",), tell)


def _held(told: Section) -> str:
    """How much of an evaluation set stands in the rows, and which scan says so where it is not the newest."""
    scan = f" (scan {told['scan']})" if told.get("scan") else ""
    return f"{told['contaminated']['count']} of {told['comparable']} of {told['label']}{scan}"
