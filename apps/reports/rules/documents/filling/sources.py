"""Where training data comes from, on what terms, and what its makers say of rights in it."""

from apps.checklist.rules.status import DECLARED, IMPORTED, MEASURED
from apps.core.formatting import percent
from apps.reports.rules.documents.content import Bullets, Filled, Known, joined
from apps.reports.rules.documents.filling.data import NO_DATA, of_sheets
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import table, told
from apps.reports.rules.documents.filling.moments import day, who
from apps.reports.rules.documents.filling.registry import filler

UNLOOKED = "unknown"


def _links(facts: Facts) -> list[tuple[Json, Json]]:
    """Each source of each dataset version that trained a model."""
    return [(data, source) for data in facts.training_data for source in data["sources"]]


def _known(source: Json) -> Known:
    status = IMPORTED if source.get("imported_from") else DECLARED
    words, at = f"Record of the source {source['name']}", source.get("changed_at") or ""
    return Known(status, words, at, source.get("digest") or "")


@filler("data.sources")
def sources(facts: Facts) -> Filled:
    """The sources of the training data, each with its origin, period and place."""
    if not facts.training_data:
        return NO_DATA
    links = _links(facts)
    columns = ("Data", "Source", "Share", "Issuer and origin", "How it was collected", "When and where")
    rows = [_source(data, source) for data, source in links]
    without = [data for data in facts.training_data if not data["sources"]]
    missing = tuple(f"{data['label']} has no source on record, only what its datasheet says." for data in without)
    recorded = Filled(table("Sources", columns, rows, {2}), tuple(_known(source) for _, source in links), missing)
    return joined([recorded, of_sheets(without, "sources")])


def _source(data: Json, source: Json) -> tuple[object, ...]:
    period = " to ".join(filter(None, (source.get("collected_from"), source.get("collected_to"))))
    share = percent(source["share"]) if source.get("share") is not None else ""
    how = source.get("collection_words") or source.get("collection_method")
    named = f"{source['name']} ({source['url']})" if source.get("url") else source["name"]
    origin = "; ".join(filter(None, (source.get("issuer"), source.get("origin"))))
    place = "; ".join(filter(None, (period, ", ".join(source.get("geography") or ()))))
    return (data["label"], named, share, origin, how, place)


@filler("data.licences")
def licences(facts: Facts) -> Filled:
    """Licences and permissions of the training data, with who read them."""
    if not facts.training_data:
        return NO_DATA
    rows = [_terms(data) for data in facts.training_data]
    shown = table("Licences of the data", ("Data", "Licence", "Class", "Commercial use", "Duties"), rows)
    checked = [_checked(data, source) for data, source in _links(facts)]
    columns = ("Data", "Source", "Licence", "Where it was read", "Read by", "On", "Document (SHA-256)")
    found = (conflict for data in facts.training_data for conflict in (data.get("terms") or {}).get("conflicts", ()))
    conflicts = tuple(conflict["sentence"] for conflict in found)
    unread = tuple(
        f"Nobody has verified the licence of the source {source['name']}."
        for _, source in _links(facts)
        if not source.get("licence_verified_at") and not source.get("is_hidden")
    )
    blocks = (
        *shown,
        *table("Licences of the sources", columns, checked),
        *((Bullets(conflicts),) if conflicts else ()),
    )
    known = tuple(
        Known(MEASURED, f"Licence of {data['label']}, followed through its sources", facts.taken_at, data["digest"])
        for data in facts.training_data
    )
    unsaid = tuple(f"{data['label']} has no licence on record." for data in facts.training_data if not data["licence"])
    return Filled(blocks, known, (*unsaid, *unread))


def _terms(data: Json) -> tuple[object, ...]:
    found = data.get("terms") or {}
    terms, duties = found.get("terms") or {}, " ".join(found.get("duties") or ())
    return (data["label"], data["licence"], terms.get("licence_class"), terms.get("commercial_use"), duties)


def _checked(data: Json, source: Json) -> tuple[object, ...]:
    read_by = who(source.get("licence_verified_by"), "nobody")
    evidence = source.get("licence_evidence") or source.get("consent_document")
    at = day(source.get("licence_verified_at"))
    return (data["label"], source["name"], source["licence"], evidence, read_by, at, source.get("document_digest"))


@filler("data.copyright")
def copyright_of(facts: Facts) -> Filled:
    """Copyrighted and confidential material in the training data."""
    if not facts.training_data:
        return NO_DATA
    said = of_sheets(facts.training_data, "contains_copyrighted_material", "confidentiality")
    return joined([said, told(facts, "dataset.markers")])


@filler("data.tdm")
def tdm(facts: Facts) -> Filled:
    """Reservations of text and data mining, and how they were looked for."""
    if not facts.training_data:
        return NO_DATA
    links = [(data, source) for data, source in _links(facts) if not source.get("is_hidden")]
    rows = [(data["label"], one["name"], one.get("tdm_label"), one.get("tdm_note")) for data, one in links]
    shown = table("Text and data mining", ("Data", "Source", "Reservation", "How it was looked for"), rows)
    unlooked = tuple(
        f"Nobody has looked whether mining of the source {one['name']} is reserved."
        for _, one in links
        if one.get("tdm_reservation") in (None, UNLOOKED)
    )
    without = tuple(
        f"{data['label']} has no source on record, so no reservation can be on record either."
        for data in facts.training_data
        if not data["sources"]
    )
    known = tuple(_known(one) for _, one in links)
    return Filled(shown, known if rows else (), (*dict.fromkeys(unlooked), *without))
