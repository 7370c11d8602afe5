"""The data behind a model version as exports tell it: datasheets, sources, scans; one query each for all of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from apps.catalog.models import DatasetVersion
from apps.catalog.queries import dataset_versions_seen_by
from apps.catalog.queries.licences import HIDDEN, Origins, origins_of
from apps.catalog.queries.metadata import plain_sheet, source_told
from apps.catalog.queries.scans import Scanned, scanned
from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.metadata import gathered_from, is_blank, measured_by
from apps.portal.queries.cards.moments import stamp
from apps.registry.rules.cards import DataFacts

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

# Our field about the model → those of the datasheets of its training data that answer it.
ANSWERS: dict[str, tuple[str, ...]] = {
    "data_making": ("collection_method",),
    "data_permission": ("permission", "consent_documents"),
    "data_copyright": ("contains_copyrighted_material",),
    "data_confidentiality": ("confidentiality",),
    "personal_data": ("personal_information",),
    "synthetic": ("ai_generated",),
    "poisoning": ("poisoning",),
}
MEASURED_IN_SCANS = "measured by scans of the data"
DECLARED_IN_SHEETS = "declared in the datasheets of the data"


@dataclass(frozen=True)
class Use:
    """One dataset version, what it was used for, and the base model that it trained."""

    version: DatasetVersion
    use: str
    of: str = ""


@dataclass(frozen=True)
class DataTold:
    """Every dataset, and what those that trained the version itself say together."""

    facts: list[DataFacts]
    said: dict[str, list[str]] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    moments: list[datetime | None] = field(default_factory=list)


def data_told(user: "User | AnonymousUser", uses: Sequence[Use], address: str) -> DataTold:
    """`address` is where this portal stands, without a path."""
    pks = [use.version.pk for use in uses]
    rows = dataset_versions_seen_by(user).select_related("dataset__team").filter(pk__in=pks)
    seen = {version.pk: version for version in rows}
    scans, origins = scanned(seen), origins_of(seen.values())
    facts = [_facts(use, seen.get(use.version.pk), scans, origins, address) for use in uses]
    own = [one for one in facts if one.use == "training" and not one.of]
    said, known = _together(own)
    moments = [scan.newest.finished_at for scan in scans.values()]
    return DataTold(facts, said, known, moments)


def _facts(
    use: Use, version: DatasetVersion | None, scans: Mapping[int, Scanned], origins: Origins, address: str
) -> DataFacts:
    key = f"data-{use.version.pk}"
    if version is None:
        return DataFacts(key, HIDDEN, use.use, of=use.of, is_hidden=True)
    scan = scans.get(version.pk)
    sources = [source_told(link) for link in origins.sources_of(version)]
    sheet = plain_sheet(version.provenance)
    said = {name: in_words(value) for name, value in sheet.items() if not is_blank(value)}
    said |= {name: words for name, words in gathered_from(sources, sheet).items() if name not in said}
    if sources:
        said["sources"] = [str(source["name"]) for source in sources]
    return DataFacts(
        key,
        version.dataset.name,
        use.use,
        of=use.of,
        version=str(version.number),
        digest=version.digest,
        size=version.size,
        rows=version.rows,
        kinds=_kinds(version.columns),
        licence=version.licence,
        created=stamp(version.created_at),
        team=version.dataset.team.name,
        url=f"{address}{reverse('catalog:version-detail', args=[version.pk])}",
        said=said,
        measured=_measured(scan, version),
        properties=_figures(scan),
        has_personal_data=has_personal_data(scan, version),
    )


def _kinds(columns: Iterable[Mapping[str, str]]) -> list[str]:
    """SPDX's kinds of data, by the types of the columns."""
    words = {"integer": "numeric", "number": "numeric", "timestamp": "timestamp", "boolean": "categorical"}
    return sorted({words.get(column["type"], "text") for column in columns}) or ["text"]


def _measured(scan: Scanned | None, version: DatasetVersion) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, run in scan.by_check.items() if scan else ():
        label = f"Scan {run.pk} of {run.finished_at:%Y-%m-%d}" if run.finished_at else f"Scan {run.pk}"
        label += scan.limits(name, version) if scan else ""
        for one in measured_by({name: (run.result or {})[name]}, label):
            found.setdefault(one.field, []).append(one.words)
    return found


def _figures(scan: Scanned | None) -> dict[str, str]:
    """What no standard has a term for: the search for planted text and the share that machines wrote."""
    if scan is None:
        return {}
    told: dict[str, Any] = {}
    if poisoning := scan.section("poisoning"):
        run = scan.scan_of("poisoning")
        told |= {"poisoning:verdict": poisoning.get("statement"), "poisoning:method": poisoning.get("method")}
        told |= {"poisoning:tool": f"scan {run.pk}", "poisoning:sample": f"{poisoning.get('rows_scanned', '')} rows"}
        told |= {"poisoning:date": stamp(run.finished_at), "poisoning:evidence-sha256": run.findings_digest}
    if generated := scan.section("generated"):
        told |= {"synthetic:share": generated.get("estimate"), "synthetic:method": generated.get("method")}
        low, high = generated.get("low"), generated.get("high")
        told |= {"synthetic:ci": f"{low} to {high}" if low is not None and high is not None else ""}
    return {name: str(value) for name, value in told.items() if value not in (None, "")}


def has_personal_data(scan: Scanned | None, version: DatasetVersion) -> bool | None:
    """Whether a scan found special categories of personal data; None where none looked, or found none in a part."""
    section = scan.section("special_categories") if scan else None
    if scan is None or section is None:
        return None
    is_part = int(section.get("rows_scanned") or 0) < version.rows or scan.left_out("special_categories", version)
    return True if section.get("total") else None if is_part else False


def _together(own: Sequence[DataFacts]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """What all data that trained the version says; a field that one dataset is silent on stays open."""
    said, known = {}, {}
    for name, fields in ANSWERS.items():
        told = [_answer(one, fields) for one in own]
        if own and all(words for words, _ in told):
            said[name] = [f"{one.name} v{one.version}: {words}" for one, (words, _) in zip(own, told, strict=True)]
            is_measured = all(how for _, how in told)
            known[name] = MEASURED_IN_SCANS if is_measured else DECLARED_IN_SHEETS
    return said, known


def _answer(one: DataFacts, fields: tuple[str, ...]) -> tuple[str, bool]:
    """The words about the first of these fields that something is said of, and whether they were measured."""
    for name in fields:
        if measured := one.measured.get(name):
            return " ".join(measured), True
        if said := one.said.get(name):
            return " ".join(said), False
    return "", False
