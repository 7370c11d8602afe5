"""Dataset versions as an audit report tells them: each with its file, its sources, its datasheet and its scans."""

from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.findings.shape import sentence
from apps.core.formatting import file_size, number
from apps.reports.rules.documents.content import Block, FactList, Filled, Heading, Paragraph, joined
from apps.reports.rules.documents.filling.data import scanned, section_of, sheet, stored
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import said, table
from apps.reports.rules.documents.filling.moments import exact, who
from apps.reports.rules.documents.filling.registry import filler

WATCHED = {"drift reference", "drift analysis"}  # tables that nothing was trained or tested on


@filler("audit.data")
def data_in_full(facts: Facts) -> Filled:
    """Every dataset version that took part, with its sources, its datasheet and what scans found in it."""
    if not facts.datasets:
        return Filled(missing=("No dataset version is on record for it.",))
    return joined(_data(one) for one in facts.datasets)


def _data(data: Json) -> Filled:
    blocks: list[Block] = [Heading(data["label"]), FactList(_facts(data))]
    blocks += [*_datasheet(data), *_scan(data)]
    unsaid = _unsaid(data)
    if unsaid and set(data["used_as"]) <= WATCHED:
        blocks.append(Paragraph(" ".join((*unsaid, "Nothing was trained or tested on it."))))
        unsaid = []
    known = [stored(data)]
    known += [sheet(data)] if data["provenance"] else []
    known += [scanned(data)] if data["scan"] else []
    return Filled(tuple(blocks), tuple(known), tuple(unsaid))


def _facts(data: Json) -> tuple[tuple[str, str], ...]:
    extent = f"{number(data['rows'])} rows, {file_size(data['size'])}"
    columns = ", ".join(f"{column['name']} ({column['type']})" for column in data["columns"])
    sources = [(f"Source {place}", _source(one)) for place, one in enumerate(data["sources"], 1)]
    rows = (
        ("Used as", ", ".join(data["used_as"])),
        ("Description", data["description"]),
        ("File", f"{data['filename']}, {data['format'].upper()}, {extent}"),
        ("Columns", columns),
        ("Licence", data["licence"] or "not stated"),
        *sources,
        ("Stored", f"{exact(data['created_at'])} by {who(data['created_by'])}"),
        ("Digest of the file", data["digest"]),
        ("Digest of what is declared", data["provenance_digest"]),
    )
    return said(rows)


def _source(source: Json) -> str:
    """A source with its licence, who verified that, and the document that says so."""
    named = ", ".join(filter(None, (source["name"], source.get("issuer"))))
    checked = source.get("licence_verified_by")
    by = f", verified by {checked['name']}, {exact(source['licence_verified_at'])}" if checked else ""
    document = f"; document {source['document_digest']}" if source.get("document_digest") else ""
    return f"{named}: {source['licence'] or 'no licence on record'}{by}{document}"


def _datasheet(data: Json) -> list[Block]:
    labels = data.get("provenance_labels") or {}
    rows = said(
        (labels.get(name, sentence(name)), "\n".join(in_words(value)))
        for name, value in data["provenance"].items()
        if value not in (None, "", [], {})
    )
    return [Paragraph("Its datasheet, as declared:"), FactList(rows)] if rows else []


def _unsaid(data: Json) -> list[str]:
    """What its datasheet leaves out, and that nobody scanned it."""
    labels = data.get("provenance_labels") or {}
    gaps = ", ".join(f"“{labels.get(name, sentence(name))}”" for name in data["provenance_gaps"])
    found = [f"The datasheet of {data['label']} says nothing about: {gaps}."] if gaps else []
    return found if data["scan"] else [*found, f"{data['label']} was never scanned."]


def _scan(data: Json) -> list[Block]:
    """What the newest scan found, with what earlier ones say of checks that were not part of it."""
    scan = data["scan"]
    if scan is None:
        return []
    result = scan["result"] or {}
    earlier = ", ".join(str(pk) for pk in scan.get("earlier") or ())
    since = f" Checks that were not part of it are told from scan {earlier}." if earlier else ""
    words = f"Scan {scan['id']}, {exact(scan['finished_at'])}. {result.get('method') or ''}{since}"
    return [Paragraph(words), *_personal(data), FactList(said(_further(scan, result)))]


def _personal(data: Json) -> list[Block]:
    found = section_of(data, "personal_data")
    if found is None:
        return [Paragraph("Nobody has looked for personal data.")]
    looked = f"{number(found.get('rows_scanned'))} rows"
    blocks: list[Block] = [Paragraph(f"No personal data was found in {looked}.")]
    if found.get("findings"):
        rows = [
            (sentence(one["entity"]), one["column"], number(one["count"]), number(one["rows"]))
            + ("   ".join(one.get("samples") or ()),)
            for one in found["findings"]
        ]
        total, holding = number(found["total"]), number(found["rows"])
        title = f"Personal data: {total} matches in {holding} of {looked}, samples masked"
        blocks = [*table(title, ("Kind", "Column", "Matches", "Rows", "Masked samples"), rows, {2, 3})]
    return [*blocks, Paragraph(found["expectations"])] if found.get("expectations") else blocks


def _further(scan: Json, result: Json) -> list[tuple[str, object]]:
    counted = [
        (title, ", ".join(f"{sentence(name)} {number(count)}" for name, count in found.items()) or "nothing found")
        for check, title in (("secrets", "Secrets"), ("special_categories", "Special categories"))
        if (found := (result.get(check) or {}).get("by_entity")) is not None
    ]
    return [
        *counted,
        ("Repeated rows", _copies(result.get("duplicates") or {})),
        ("Licence, as the scan reads it", _licence(result.get("licence") or {})),
        ("Digest of the findings", scan["findings_digest"]),
    ]


def _copies(found: Json) -> str:
    if not found:
        return ""
    exact_ones = f"{number(found['exact_rows'])} exact copies in {number(found['exact_cluster_count'])} groups"
    near = f"{number(found['near_rows'])} near copies in {number(found['near_cluster_count'])} groups"
    return f"{exact_ones}, {near} (similarity from {number(found['near_threshold'])})"


def _licence(found: Json) -> str:
    if not found:
        return ""
    uses = {True: "is allowed", False: "is not allowed"}.get(found.get("commercial_use"), "is not known")  # type: ignore[arg-type]
    named = found.get("normalised") or found.get("expression") or "none stated"
    kind = f": {found['licence_class']}" if found.get("licence_class") else ""
    words = f"{named}{kind}; commercial use {uses}. {found.get('means') or ''} {found.get('problem') or ''}"
    return " ".join(words.split())
