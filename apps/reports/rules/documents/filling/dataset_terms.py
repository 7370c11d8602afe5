"""What a datasheet asks of a dataset version about confidentiality, harm, consent, and when it was collected."""

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.core.formatting import number, percent
from apps.reports.rules.documents.content import NOTHING, Filled, Known, joined
from apps.reports.rules.documents.filling.data import of_sheets, section_of
from apps.reports.rules.documents.filling.dataset_sheet import record_of, subjects_of
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import fact_list, table, told
from apps.reports.rules.documents.filling.registry import filler


@filler("sheet.confidential")
def confidential(facts: Facts) -> Filled:
    """Confidential content of the dataset."""
    rows = [
        (data["label"], one["name"], one["confidentiality"])
        for data in subjects_of(facts)
        for one in data["sources"]
        if one.get("confidentiality")
    ]
    shown = Filled(table("Confidentiality of its sources", ("Data", "Source", "Class"), rows))
    return joined([of_sheets(subjects_of(facts), "confidentiality"), shown, told(facts, "dataset.markers")])


@filler("sheet.toxicity")
def toxicity(facts: Facts) -> Filled:
    """Language in the rows that may hurt."""
    return joined(_toxicity(data) for data in subjects_of(facts))


def _toxicity(data: Json) -> Filled:
    found = section_of(data, "toxicity")
    if found is None:
        return Filled(missing=(f"{data['label']} was not scanned for language that may hurt.",))
    rows = (
        ("Rows with such language", f"{number(found.get('rows'))} ({percent(found.get('share'))})"),
        ("Rows looked at", number(found.get("rows_scanned"))),
        (
            "Judged by",
            "A list of wordings" if found.get("judge") == "lexicon" else str(found.get("model") or "A model"),
        ),
        ("How sure that is", str(found.get("error_rate") or "")),
    )
    known = Known(
        MEASURED, f"Scan of {data['label']}", (data.get("scan") or {}).get("finished_at") or "", data["digest"]
    )
    return fact_list(rows, known)


@filler("sheet.period")
def period(facts: Facts) -> Filled:
    """Over which time the dataset was collected."""
    links = [(data, one) for data in subjects_of(facts) for one in data["sources"] if not one.get("is_hidden")]
    rows = [
        (one["name"], one.get("collected_from"), one.get("collected_to"), ", ".join(one.get("geography") or ()))
        for _, one in links
    ]
    if not any(row[1] or row[2] for row in rows):
        return NOTHING
    undated = tuple(f"The source {row[0]} has no period of collection." for row in rows if not (row[1] or row[2]))
    shown = table("Time and place of collection", ("Source", "From", "To", "Places"), rows)
    return Filled(shown, tuple(_source_known(one) for _, one in links), undated)


def _source_known(source: Json) -> Known:
    words, at = f"Record of the source {source['name']}", source.get("changed_at") or ""
    return Known(DECLARED, words, at, source.get("digest") or "")


@filler("sheet.consent")
def consent(facts: Facts) -> Filled:
    """Consents and contracts, source by source."""
    links = [(data, one) for data in subjects_of(facts) for one in data["sources"] if not one.get("is_hidden")]
    rows = [
        (one["name"], one["consent_document"], one["document_digest"]) for _, one in links if one["consent_document"]
    ]
    without = tuple(
        f"No consent or contract is attached to {one['name']}." for _, one in links if not one["consent_document"]
    )
    shown = Filled(
        table("Consents and contracts", ("Source", "Document", "SHA-256"), rows),
        tuple(_source_known(one) for _, one in links if one["consent_document"]),
        without,
    )
    return joined([of_sheets(subjects_of(facts), "permission"), shown])


@filler("sheet.intended")
def intended(facts: Facts) -> Filled:
    """Intended uses of its sources."""
    rows = [
        (one["name"], ", ".join(one["intended_uses"]))
        for data in subjects_of(facts)
        for one in data["sources"]
        if one.get("intended_uses")
    ]
    known = tuple(record_of(data) for data in subjects_of(facts))
    return Filled(table("Intended uses", ("Source", "Uses"), rows), known) if rows else NOTHING
