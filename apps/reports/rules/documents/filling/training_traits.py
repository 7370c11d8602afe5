"""Section 1.3 of the public summary of training content: types of content, dates, languages, other traits."""

from collections import Counter

from apps.catalog.rules.datasheets import in_words
from apps.checklist.rules.status import MEASURED
from apps.core.formatting import percent
from apps.reports.rules.documents.content import NOTHING, Bullets, FactList, Filled, Known, Paragraph, Table
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.filling.registry import filler
from apps.reports.rules.documents.filling.training_sizes import section_of
from apps.reports.rules.documents.filling.training_sources import scan_known, shares, sheet_known, source_known

UNION_LANGUAGES = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr",
    "hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv",
)  # fmt: skip
NOT_TOLD = "Not told, or too short to tell"
MANY = 20  # languages that are named; what is rarer is counted together
_TRAITS = ("generation_period", "limitations", "biases", "annotator_demographics")


@filler("summary.content")
def content(facts: Facts) -> Filled:
    """Types of content in the training data, as the datasets describe them."""
    rows, known = [], []
    for data in facts.training_data:
        said = (data.get("provenance") or {}).get("content_types")
        words = " ".join(in_words(said)) if said else str(data.get("description") or "")
        if words:
            rows.append((data["label"], words))
            known.append(sheet_known(data))
    return Filled((FactList(tuple(rows)),), tuple(known)) if rows else NOTHING


@filler("summary.acquired")
def acquired(facts: Facts) -> Filled:
    """The latest date of acquisition of training data."""
    if not facts.training_data:
        return NOTHING
    every = shares(facts)
    ends = [str(one.source["collected_to"]) for one in every if one.source.get("collected_to")]
    known = tuple(source_known(one) for one in every if one.source.get("collected_to")) or _commits(facts)
    when = month(max(ends)) if ends else f"not after {month(_committed(facts))}"
    return Filled((FactList((("Latest date of acquisition", when),)),), known, tuple(_undated(facts)))


def _undated(facts: Facts) -> list[str]:
    silent = [one.name for one in shares(facts) if not one.source.get("collected_to")]
    bare = [data["label"] for data in facts.training_data if not data.get("sources")]
    missing = [f"When collection from {', '.join(silent)} ended is not on record."] if silent else []
    return missing + ([f"{', '.join(bare)} has no source on record with a period of collection."] if bare else [])


def _committed(facts: Facts) -> str:
    """When the last training data came into the portal: nothing of it can be younger."""
    return max(str(data.get("created_at") or "") for data in facts.training_data)


def _commits(facts: Facts) -> tuple[Known, ...]:
    return tuple(
        Known(MEASURED, f"{data['label']} was committed", str(data.get("created_at") or ""), str(data["digest"]))
        for data in facts.training_data
    )


def month(moment: str) -> str:
    """A day or time in ISO 8601 as the template writes months: `10/2026`."""
    return f"{moment[5:7]}/{moment[:4]}" if len(moment) >= 7 else "—"


@filler("summary.languages")
def languages(facts: Facts) -> Filled:
    """Languages of the training data, as scans counted them."""
    rows, names = Counter[str](), {"": NOT_TOLD}
    scanned = [data for data in facts.training_data if section_of(data, "text")]
    for data in scanned:
        section = section_of(data, "text")
        found = (section.get("language") or {}).get("languages") or []
        for one in found:
            rows[one["code"]] += one["rows"]
            names[one["code"]] = one["name"]
        rows[""] += max(0, (section.get("rows_scanned") or 0) - sum(one["rows"] for one in found))
    unscanned = [data["label"] for data in facts.training_data if data not in scanned]
    missing = (f"The languages of {', '.join(unscanned)} were not measured.",) if unscanned else ()
    if not sum(rows.values()):
        return Filled(missing=missing)
    known = tuple(scan_known(data, "languages") for data in scanned)
    return Filled((_table(rows, names), Paragraph(_in_union(rows))), known, missing)


def _table(rows: Counter[str], names: dict[str, str]) -> Table:
    total = sum(rows.values())
    ordered = [code for code in sorted(rows, key=lambda code: (not code, -rows[code], code)) if rows[code]]
    told = [(names[code], _union_word(code), percent(rows[code] / total)) for code in ordered[:MANY]]
    rest = ordered[MANY:]
    if rest:
        told.append((f"{len(rest)} more", "—", percent(sum(rows[code] for code in rest) / total)))
    return Table(
        "Languages of the rows", ("Language", "Of the Union", "Share of the rows"), tuple(told), frozenset({2})
    )


def _union_word(code: str) -> str:
    if not code:
        return "—"
    return "yes" if code in UNION_LANGUAGES else "no"


def _in_union(rows: Counter[str]) -> str:
    found = [code for code in UNION_LANGUAGES if rows[code]]
    share = percent(sum(rows[code] for code in found) / sum(rows.values()))
    return f"Of the {len(UNION_LANGUAGES)} official languages of the Union {len(found)} were found, in {share} of rows."


@filler("summary.characteristics")
def characteristics(facts: Facts) -> Filled:
    """Other characteristics of the training data: places, periods, known gaps."""
    places = dict.fromkeys(code for one in shares(facts) for code in one.source.get("geography") or ())
    lines = [f"Places that the content comes from: {', '.join(places)}."] if places else []
    for data in facts.training_data:
        sheet = data.get("provenance") or {}
        said = [(name.replace("_", " "), " ".join(in_words(sheet[name]))) for name in _TRAITS if sheet.get(name)]
        lines += [f"{data['label']}, {name}: {words}" for name, words in said]
    known = tuple(sheet_known(data) for data in facts.training_data)
    return Filled((Bullets(tuple(lines)),), known) if lines else NOTHING
