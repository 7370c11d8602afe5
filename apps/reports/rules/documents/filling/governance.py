"""What the record of Article 10 asks of every dataset version, beyond what other documents ask of data."""

from collections.abc import Iterator
from typing import Any

from apps.catalog.rules import in_words
from apps.catalog.rules.datasheets import imported_from
from apps.catalog.rules.metadata.fields import label_of
from apps.checklist.rules.status import DECLARED, IMPORTED, MEASURED
from apps.core.formatting import digest_short, number, percent
from apps.reports.rules.documents.content import NOTHING, Block, FactList, Filled, Known, Paragraph, Table, joined
from apps.reports.rules.documents.filling.data import section_of, stored
from apps.reports.rules.documents.filling.facts import EVALUATION, TRAINING, Facts, Json
from apps.reports.rules.documents.filling.moments import day
from apps.reports.rules.documents.filling.registry import condition, filler
from apps.reports.rules.documents.spec import DATASET

AI_ACT = "urn:genaiops:framework:eu-ai-act"
ANCESTOR = "training data of a base model"
_ROLES = frozenset({TRAINING, ANCESTOR, EVALUATION})
_SPECIAL = "special_categories"


def covered(facts: Facts) -> list[Json]:
    """The dataset versions that Article 10 speaks of: those used for training, validation and testing; of the snapshot
    of a dataset, that dataset."""
    if facts.kind == DATASET:
        return facts.datasets[:1]
    return [data for data in facts.datasets if _ROLES & set(data.get("used_as") or ())]


@filler("governance.sets")
def sets(facts: Facts) -> Filled:
    """Data sets for training, validation and testing."""
    data = covered(facts)
    if not data:
        return NOTHING
    columns = ("Data set", "Used as", "Rows", "Format", "Licence", "Stored", "Digest")
    table = Table("Data sets in this record", columns, tuple(_set(one) for one in data), frozenset({2}))
    return Filled((table,), tuple(stored(one) for one in data), tuple(_roles_missing(data)))


def _set(data: Json) -> tuple[str, ...]:
    used_as = ", ".join(data.get("used_as") or ()) or "not said"
    licence = data.get("licence") or "none on record"
    return (
        data["label"],
        used_as,
        number(data.get("rows")),
        data.get("format") or "",
        licence,
        day(data.get("created_at")),
        digest_short(data.get("digest")),
    )


def _roles_missing(data: list[Json]) -> Iterator[str]:
    used = {role for one in data for role in one.get("used_as") or ()}
    if not used & {TRAINING, ANCESTOR}:
        yield "No data set for training is on record."
    if EVALUATION not in used:
        yield "No data set for validation or testing is on record."


def said(facts: Facts, *fields: str) -> Filled:
    """What the datasheets say in these fields, dataset by dataset. A dataset that says nothing is named where another
    one does."""
    data = covered(facts)
    told = [(one, _said(one, fields)) for one in data]
    silent = [one["label"] for one, filled in told if not filled]
    found = joined(filled for _, filled in told)
    if not found or not silent:
        return found
    names = ", ".join(label_of(name).lower() for name in fields)
    return joined(
        [found, Filled(missing=tuple(f"The datasheet of {label} does not say: {names}." for label in silent))]
    )


def _said(data: Json, fields: tuple[str, ...]) -> Filled:
    sheet = data.get("provenance") or {}
    held = [name for name in fields if sheet.get(name) not in (None, "", [], {})]
    if not held:
        return NOTHING
    rows = [("Data set", data["label"]), *((label_of(name), "\n".join(in_words(sheet[name]))) for name in held)]
    return Filled((FactList(tuple(rows)),), (_sheet(data, sheet, held),))


def _sheet(data: Json, sheet: Json, held: list[str]) -> Known:
    file = next((found for name in held if (found := imported_from(sheet, name))), "")
    source = f"Datasheet of {data['label']}{f', read from {file}' if file else ''}"
    return Known(
        IMPORTED if file else DECLARED, source, data.get("created_at") or "", data.get("provenance_digest") or ""
    )


@filler("governance.choices")
def choices(facts: Facts) -> Filled:
    """Reasons for choosing the data."""
    return said(facts, "rationale", "collection_type", "out_of_scope_uses")


@filler("governance.relevance")
def relevance(facts: Facts) -> Filled:
    """What the data are meant for, beside what the system is for."""
    found = said(facts, "intended_uses", "out_of_scope_uses")
    purpose = (facts.system or {}).get("intended_purpose")
    if not found or not purpose:
        return found
    return joined([Filled((FactList((("Purpose of the system", str(purpose)),)),)), found])


@filler("governance.setting")
def setting(facts: Facts) -> Filled:
    """Place, period, language and people that the data come from."""
    sheets = said(facts, "geography", "generation_period", "data_producers", "annotator_demographics")
    return joined([sheets, languages(facts)])


@filler("governance.distribution")
def languages(facts: Facts) -> Filled:
    """Languages of the texts, and the share that machines wrote."""
    tables = [_languages(facts), _generated(facts)]
    return joined(tables)


def _languages(facts: Facts) -> Filled:
    rows, known = [], []
    for data, part in scanned(facts, "text"):
        found = (part.get("language") or {}).get("languages") or []
        rows += [(data["label"], str(one.get("name")), percent(one.get("share"))) for one in found]
        known += [scan_known(data, "text")] if found else []
    if not rows:
        return NOTHING
    table = Table("Languages, by share of the rows", ("Data set", "Language", "Share"), tuple(rows), frozenset({2}))
    return Filled((table,), tuple(known))


def _generated(facts: Facts) -> Filled:
    told = [(data, part) for data, part in scanned(facts, "generated") if part.get("statement")]
    blocks = tuple(Paragraph(f"{data['label']}: {part['statement']}") for data, part in told)
    return Filled(blocks, tuple(scan_known(data, "generated") for data, _ in told))


@filler("governance.original_purpose")
def original_purpose(facts: Facts) -> Filled:
    """Personal data in the data sets, and what people were told when they gave them."""
    counts = [(data, int(part.get("total") or 0)) for data, part in scanned(facts, "personal_data")]
    blocks = tuple(Paragraph(_counted(data, total)) for data, total in counts)
    found = Filled(
        blocks,
        tuple(scan_known(data, "personal_data") for data, _ in counts),
        tuple(_purpose_missing(data) for data, total in counts if total and not _tells_people(data)),
    )
    return joined([found, said(facts, "personal_information", "consent_documents")])


def _counted(data: Json, total: int) -> str:
    if not total:
        return f"{data['label']}: the scan found no personal data of the kinds that it looked for."
    return f"{data['label']}: the scan found {number(total)} pieces of personal data."


def _tells_people(data: Json) -> bool:
    sheet = data.get("provenance") or {}
    return bool(sheet.get("personal_information") or sheet.get("consent_documents"))


def _purpose_missing(data: Json) -> str:
    return f"{data['label']} holds personal data, and the purpose for which they were first collected is not on record."


@filler("governance.special_categories")
def special_categories(facts: Facts) -> Filled:
    """Hints at special categories of personal data."""
    rows, known, limits = [], [], []
    for data, part in scanned(facts, _SPECIAL):
        by_kind = part.get("by_entity") or {}
        rows += [(data["label"], str(kind).replace("_", " ").lower(), number(n)) for kind, n in sorted(by_kind.items())]
        known.append(scan_known(data, _SPECIAL))
        limits += [Paragraph(str(part["method"]))] if part.get("method") else []
    if not rows:
        return NOTHING
    columns = ("Data set", "Category", "Hints")
    table: Block = Table("Hints at special categories of personal data", columns, tuple(rows), frozenset({2}))
    return Filled((table, *dict.fromkeys(limits)), tuple(known))


@condition("governance.special_categories")
def special_categories_apply(facts: Facts) -> tuple[bool, str]:
    """Not where every data set was searched without a hint, and nobody says that such data were used."""
    data = covered(facts)
    searched = {one["id"]: part for one, part in scanned(facts, _SPECIAL)}
    stated = facts.answer(AI_ACT, "art-4a-1")
    if stated is not None or not data or any(_hints(searched.get(one["id"])) for one in data):
        return True, ""
    names = ", ".join(f"{one['label']} (scan {scan_of(one, _SPECIAL)})" for one in data)
    return False, (
        f"No hint at special categories of personal data was found in {names}, and nobody states that such data were"
        " used to find bias. The search goes by word lists and can miss what is paraphrased."
    )


def _hints(part: Json | None) -> bool:
    """Whether a search found something, or there was none: only a search that found nothing tells that."""
    return part is None or bool(part.get("total"))


def scanned(facts: Facts, check: str) -> list[tuple[Json, Json]]:
    """The covered dataset versions that a finished scan searched by this check, each with what it found."""
    found = [(data, section_of(data, check)) for data in covered(facts)]
    return [(data, part) for data, part in found if part is not None]


def unscanned(facts: Facts, check: str) -> list[Json]:
    """The covered dataset versions that no finished scan searched by this check."""
    done = {data["id"] for data, _ in scanned(facts, check)}
    return [data for data in covered(facts) if data["id"] not in done]


def scan_of(data: Json, check: str) -> Any:
    """The number of the scan that speaks of a check."""
    scan = data.get("scan") or {}
    return (scan.get("checks_of") or {}).get(check, scan.get("id"))


def scan_known(data: Json, check: str) -> Known:
    """How a result of a scan is known."""
    scan = data.get("scan") or {}
    source = f"Scan {scan_of(data, check)} of {data['label']}"
    return Known(
        MEASURED, source, scan.get("finished_at") or "", scan.get("findings_digest") or data.get("digest") or ""
    )
