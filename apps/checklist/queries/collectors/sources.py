"""What the catalogue's records of sources say about a dataset version, in words, with how it is known.

A source is a record that people keep: what it says is declared, with who verified it and when; read from a file of
metadata and changed by nobody since, it is imported. A datasheet is read beside it, and alone where a version has no
sources. Of another team's source the terms are told, and not its name, its issuer or its documents.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.catalog.models import DatasetVersion, Source, VersionSource
from apps.catalog.rules import imported_from
from apps.catalog.rules.declared import carried_from
from apps.catalog.rules.sources import TDM_RESERVATIONS, confidentialities, data_uses, method_in_words
from apps.catalog.rules.sources import strictest_confidentiality as strictest
from apps.checklist.queries.collectors.words import is_said, joined, listed, plain
from apps.checklist.queries.facts import DataFacts
from apps.checklist.rules import DECLARED, IMPORTED, UNKNOWN
from apps.checklist.rules.findings import ASKS, GAP
from apps.core.canonical import digest_of

METHOD = "Records of the sources in the catalogue, kept by people of the team"
METHOD_IMPORTED = "Records of the sources in the catalogue, read from {}"
HIDDEN = "a source of another team"
_ROUNDING = 1e-6
_LEARNING = ("ai-pre-training", "ai-alignment")


@dataclass(frozen=True)
class Said:
    """What sources say about one field: how it is known, in words, with values and what is missing."""

    status: str
    summary: str
    value: dict[str, Any]
    digest: str
    method: str = METHOD


def provenance_said(facts: DataFacts, data: DatasetVersion) -> Said | None:
    """The sources of a version and how each came into being; None where it has none on record."""
    links = facts.origins.sources_of(data)
    if not links:
        return None
    sheet = data.provenance.get("collection_method")
    silent = [] if is_said(sheet) else _names(facts, [link for link in links if not link.source.collection_method])
    summary = f"Sources: {'; '.join(_described(facts, links))}."
    if is_said(sheet):
        summary += f" How it was made: {plain(sheet)}."
    gap = ""
    if silent:
        gap = f"Not recorded: how {listed(silent)} came into being."
        summary += f" {gap}"
    rows = [{"id": link.source_id, "name": _name(facts, link.source), "share": link.share} for link in links]
    return _said(facts, silent, "collection_method", summary, {"sources": rows, "missing": silent}, data, links, gap)


def _name(facts: DataFacts, source: Source) -> str:
    return source.name if facts.names(source) else HIDDEN


def _names(facts: DataFacts, links: list[VersionSource]) -> list[str]:
    """The names of these sources; those of other teams are counted."""
    named = [link.source.name for link in links if facts.names(link.source)]
    hidden = len(links) - len(named)
    return [*named, *([HIDDEN if hidden == 1 else f"{hidden} sources of other teams"] if hidden else [])]


def _grouped(
    facts: DataFacts, links: list[VersionSource], tell: Callable[[VersionSource], str]
) -> Iterator[tuple[list[str], str]]:
    """What is told of each source, once for all of which the same is told, with their names."""
    groups: dict[str, list[VersionSource]] = {}
    for link in links:
        groups.setdefault(tell(link), []).append(link)
    yield from ((_names(facts, group), told) for told, group in groups.items())


def _described(facts: DataFacts, links: list[VersionSource]) -> Iterator[str]:
    for names, told in _grouped(facts, links, lambda link: _details(facts, link)):
        each = "each " if len(names) > 1 else ""
        yield f"{joined(names)} ({each}{told})" if told else joined(names)


def _details(facts: DataFacts, link: VersionSource) -> str:
    source = link.source
    parts = [
        f"issued by {source.issuer}" if source.issuer and facts.names(source) else "",
        method_in_words(source.collection_method),
        _period(source.collected_from, source.collected_to),
        ", ".join(source.geography),
        f"{link.share:.0%} of the rows" if link.share is not None else "",
        f"{source.machine_generated:.0%} written by machines" if source.machine_generated is not None else "",
    ]
    return "; ".join(part for part in parts if part)


def _period(start: date | None, end: date | None) -> str:
    if start and end:
        return f"{start.isoformat()} to {end.isoformat()}"
    return f"from {start.isoformat()}" if start else f"until {end.isoformat()}" if end else ""


def permission_said(facts: DataFacts, data: DatasetVersion) -> Said | None:
    """On what basis each source may be used, who verified that and when; None where no source says anything."""
    links = facts.origins.sources_of(data)
    said = [link for link in links if link.source.licence or link.source.consent_digest]
    sheet = data.provenance.get("permission")
    if not said:
        return None
    silent = [] if is_said(sheet) else _names(facts, [link for link in links if link not in said])
    told = _grouped(facts, said, lambda link: _permitted(facts, link.source))
    summary = " ".join(f"{listed(names)}: {words}" for names, words in told)
    if is_said(sheet):
        summary += f" The datasheet says: {plain(sheet)}."
    gap = ""
    if silent:
        gap = f"No licence and no document is on record for {listed(silent)}."
        summary += f" {gap}"
    verified = _names(facts, [link for link in said if link.source.licence_verified_at])
    value: dict[str, Any] = {"verified": verified, "missing": silent}
    if asks := [f"{listed(names)}: {words}" for names, words in _grouped(facts, links, _reserved) if words]:
        value[ASKS] = f"{data}: {' '.join(asks)}"
    return _said(facts, silent, "permission", summary, value, data, links, gap)


def _permitted(facts: DataFacts, source: Source) -> str:
    licence = f"licence {source.licence}" if source.licence else "no licence on record"
    looked = TDM_RESERVATIONS.get(source.tdm_reservation, "").lower()
    verified, document, note = _evidence(source) if facts.names(source) else _evidence_hidden(source)
    return f"{licence}{verified}{document}; text and data mining: {looked}{note}."


def _evidence(source: Source) -> tuple[str, str, str]:
    """Who verified the licence and when, the document that permits the use, and what was noted on mining."""
    verified = ", which nobody has verified"
    if source.licence_verified_at is not None:
        where = f" ({source.licence_evidence})" if source.licence_evidence else ""
        reader = source.licence_verified_by
        who = (reader.name or f"user {reader.pk}") if reader else "somebody"
        verified = f", verified by {who} on {source.licence_verified_at.date().isoformat()}{where}"
    document = f"; document {source.consent_document}, SHA-256 {source.consent_digest[:12]}…"
    note = f" ({source.tdm_note})" if source.tdm_note else ""
    return verified, document if source.consent_digest else "", note


def _evidence_hidden(source: Source) -> tuple[str, str, str]:
    verified = "verified by that team" if source.licence_verified_at else "which nobody has verified"
    return f", {verified}", "; a document is stored" if source.consent_digest else "", ""


def _reserved(link: VersionSource) -> str:
    """What a person has to say something about: mining that is reserved, or uses that leave learning out."""
    source = link.source
    if source.tdm_reservation == "reserved":
        return "text and data mining is reserved, and nobody has said on what basis it is used."
    if source.intended_uses and not set(source.intended_uses) & set(_LEARNING):
        named = joined([data_uses().get(code, code).lower() for code in source.intended_uses])
        return f"offered for {named} only, and a model has learned from it."
    return ""


def confidentiality_said(facts: DataFacts, data: DatasetVersion) -> Said | None:
    """The strictest class of the sources; None where none is classified."""
    links = facts.origins.sources_of(data)
    classed = [link for link in links if link.source.confidentiality]
    sheet = data.provenance.get("confidentiality")
    if not classed:
        return None
    silent = [] if is_said(sheet) else _names(facts, [link for link in links if link not in classed])
    worst = strictest([link.source.confidentiality for link in classed])
    groups = _grouped(facts, classed, lambda link: link.source.confidentiality)
    told = "; ".join(f"{listed(names)}: {code}" for names, code in groups)
    summary = f"{confidentialities().get(worst, worst)} ({told})."
    if is_said(sheet):
        summary += f" The datasheet says: {plain(sheet)}."
    gap = ""
    if silent:
        gap = f"Nobody has classified {listed(silent)}."
        summary += f" {gap}"
    value = {"confidentiality": worst, "missing": silent}
    return _said(facts, silent, "confidentiality", summary, value, data, links, gap)


def generation_said(facts: DataFacts, data: DatasetVersion) -> Said | None:
    """The share that machines wrote, as each source's makers say; None where no source says anything."""
    links = facts.origins.sources_of(data)
    known = [link for link in links if link.source.machine_generated is not None]
    sheet = data.provenance.get("ai_generated")
    if not known:
        return None
    silent = [] if is_said(sheet) else _names(facts, [link for link in links if link not in known])
    groups = _grouped(facts, known, lambda link: f"{link.source.machine_generated:.0%}")
    told = "; ".join(f"{listed(names)} {share}" for names, share in groups)
    summary = f"Written by machines: {told}."
    share = _share_of_all(links)
    if share is not None:
        summary += f" By the shares of the sources that is {share:.0%} of the rows."
    if is_said(sheet):
        summary += f" The datasheet says: {plain(sheet)}."
    gap = ""
    if silent:
        gap = f"Nobody has said it of {listed(silent)}."
        summary += f" {gap}"
    summary += " This is what its makers say; it was not measured."
    return _said(facts, silent, "ai_generated", summary, {"share": share, "missing": silent}, data, links, gap)


def _share_of_all(links: list[VersionSource]) -> float | None:
    """The share over all rows, where every row's source and every source's share is on record."""
    if abs(sum(link.share or 0.0 for link in links) - 1) > _ROUNDING:
        return None
    parts = [(link.share or 0.0, link.source.machine_generated) for link in links]
    return None if any(made is None for _, made in parts) else sum(share * (made or 0.0) for share, made in parts)


def _file(facts: DataFacts, source: Source) -> str:
    """The file that a source was read from; empty where somebody typed it."""
    return source.imported_from if facts.names(source) or not source.imported_from else "a file of another team"


def _said(
    facts: DataFacts,
    silent: list[str],
    field: str,
    summary: str,
    value: dict[str, Any],
    data: DatasetVersion,
    links: list[VersionSource],
    gap: str = "",
) -> Said:
    """What was gathered, unknown where some source is silent; `field` of the datasheet was read beside it.

    `gap` is the sentence of the summary that says what is missing.
    """
    value = value | ({GAP: f"{data}: {gap}"} if gap else {})
    rows = [[link.source_id, link.source.record_digest, repr(link.share)] for link in links]
    digest = digest_of({"said": data.provenance_digest, "sources": rows})
    files = {_file(facts, link.source) for link in links}
    if is_said(data.provenance.get(field)):
        files.add("" if carried_from(data.carried, field) else imported_from(data.provenance, field))
    if silent or "" in files:
        return Said(UNKNOWN if silent else DECLARED, summary, value, digest)
    return Said(IMPORTED, summary, value, digest, METHOD_IMPORTED.format(joined(sorted(map(plain, files)))))
