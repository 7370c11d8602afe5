"""What a datasheet asks of one dataset version beyond what other documents ask of training data."""

from functools import partial

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.core.formatting import file_size, number, percent
from apps.reports.rules.documents.content import NOTHING, Bullets, Filled, Known, Paragraph, joined
from apps.reports.rules.documents.filling.data import sheet, stored
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import fact_list, table
from apps.reports.rules.documents.filling.governance import said
from apps.reports.rules.documents.filling.moments import day, exact, who
from apps.reports.rules.documents.filling.registry import filler

MOST_COLUMNS = 100


def subjects_of(facts: Facts) -> list[Json]:
    """The dataset version that the sheet is about, and no other."""
    return facts.datasets[:1] if facts.kind == "dataset" else facts.training_data


def record_of(data: Json) -> Known:
    """That the record of a dataset version says it."""
    return Known(DECLARED, f"Record of {data['label']}", data["created_at"], data["digest"])


@filler("sheet.identity")
def identity(facts: Facts) -> Filled:
    """Name, version and digest of the dataset."""
    return joined(_identity(data) for data in subjects_of(facts))


def _identity(data: Json) -> Filled:
    rows = (
        ("Dataset", data["name"]),
        ("Version", f"{data['number']}, on the branch {data['branch']}"),
        ("Version before", data["parent"] or "None: it is the first"),
        ("Rows", number(data["rows"])),
        ("Size", f"{file_size(data['size'])}, {data['format']}"),
        ("Stored", f"{exact(data['created_at'])}, by {who(data['created_by'])}"),
        ("SHA-256 of the content", data["digest"]),
        ("Digest of the commit", data["commit_digest"]),
        ("Digest of what is said of it", data["provenance_digest"]),
    )
    return fact_list(rows, stored(data))


@filler("sheet.purpose")
def purpose(facts: Facts) -> Filled:
    """For what the dataset was made."""
    return joined(
        fact_list(
            (("Kept as", data["purpose_label"]), ("Description", data["description"])), record_of(data), missing=gap
        )
        for data in subjects_of(facts)
        for gap in [() if data["description"] else (f"{data['label']} is not described.",)]
    )


@filler("sheet.description")
def description(facts: Facts) -> Filled:
    """The description of the dataset."""
    return joined(fact_list((("Description", data["description"]),), record_of(data)) for data in subjects_of(facts))


@filler("sheet.makers")
def makers(facts: Facts) -> Filled:
    """Who made the dataset."""
    found = [(data, (data.get("commits") or [])[-1:]) for data in subjects_of(facts)]
    return joined(
        fact_list(
            (
                ("This version stored by", who(data["created_by"])),
                ("First version stored by", ", ".join(who(one["created_by"]) for one in first)),
                ("Issuers of its sources", ", ".join(dict.fromkeys(filter(None, map(_issuer, data["sources"]))))),
            ),
            stored(data),
        )
        for data, first in found
    )


def _issuer(source: Json) -> str:
    return str(source.get("issuer") or "")


# What a datasheet says in its own fields, typed or out of a file: names of docs/vocabulary.md, and a few beside.
SAID = {
    "sheet.rationale": (("rationale", "purpose"), "Why the dataset was made."),
    "sheet.funding": (("funding", "funders"), "Who paid for the dataset."),
    "sheet.producers": (("data_producers", "annotator_demographics", "pay"), "Who produced and labelled the content."),
    "sheet.sampling": (("sampling", "representativeness"), "Whether it is a sample, and how that was drawn."),
    "sheet.labelling": (
        (
            "annotation",
            "annotation_platform",
            "annotation_analysis",
            "annotations_per_item",
            "machine_annotation_tools",
        ),
        "How the rows were labelled.",
    ),
    "sheet.missing": (("missing_data", "imputation", "limitations"), "What is missing in the rows."),
    "sheet.people": (("biases", "social_impact"), "Biases, and the effect on people."),
    "sheet.protected": (("personal_information", "privacy_techniques"), "Personal data, and what protects people."),
    "sheet.kind_of_collection": (("collection_type", "generated_by"), "The kind of collection."),
    "sheet.when": (("generation_period", "geography"), "When and where it was collected."),
    "sheet.consent_told": (("consent_documents", "notice", "withdrawal"), "Notice and consent."),
    "sheet.cleaning": (("preprocessing", "manipulation", "imputation"), "Cleaning and other preparation."),
    "sheet.suited": (("intended_uses",), "Intended uses."),
    "sheet.unsuited": (("out_of_scope_uses", "limitations"), "Uses that it is not meant for."),
    "sheet.distribution": (
        ("distribution", "access_terms", "storage_geography", "storage_forbidden", "processing_geography")
        + ("processing_excluded",),
        "To whom it is given, and where it may go.",
    ),
    "sheet.rights": (("licence_statement", "patents", "trademarks"), "What is said of licence and other rights."),
    "sheet.upkeep": (("maintenance", "contributions"), "Releases, upkeep and contributions."),
    "sheet.citation": (("citation",), "How to cite it."),
}


def _of_sheet(fields: tuple[str, ...], facts: Facts) -> Filled:
    return said(facts, *fields)


for _name, (_fields, _about) in SAID.items():
    _function = partial(_of_sheet, _fields)
    _function.__doc__ = _about
    filler(_name)(_function)


@filler("sheet.instances")
def instances(facts: Facts) -> Filled:
    """What one row stands for, and how many rows there are."""
    return joined(
        fact_list(
            (
                ("Rows", number(data["rows"])),
                ("Columns", number(len(data["columns"]))),
                ("A row is named by", ", ".join(data.get("key_columns") or ())),
                ("Description", data["description"]),
            ),
            stored(data),
        )
        for data in subjects_of(facts)
    )


@filler("sheet.columns")
def columns(facts: Facts) -> Filled:
    """The columns, and how they are filled."""
    return joined(_columns(data) for data in subjects_of(facts))


def _columns(data: Json) -> Filled:
    figures = {one["name"]: one for one in (data.get("statistics") or {}).get("columns") or ()}
    rows = [
        (one["name"], one["type"], *_filled(figures.get(one["name"]), data["rows"]))
        for one in data["columns"][:MOST_COLUMNS]
    ]
    left = len(data["columns"]) - len(rows)
    missing = [f"{number(left)} more columns are not shown."] if left else []
    missing += [] if figures else [f"No figures of the columns of {data['label']} are on record."]
    heads = ("Column", "Type", "Empty", "Share empty", "Different values")
    return Filled(table(f"Columns of {data['label']}", heads, rows, {2, 3, 4}), (stored(data),), tuple(missing))


def _filled(figures: Json | None, rows: int) -> tuple[str, str, str]:
    if figures is None:
        return ("—", "—", "—")
    empty = figures.get("nulls")
    share = percent(empty / rows) if isinstance(empty, int) and rows else "—"
    return (number(empty), share, number(figures.get("distinct")))


@filler("sheet.labels")
def labels(facts: Facts) -> Filled:
    """Columns that hold few values, as labels do."""
    rows = [
        (data["label"], column["name"], number(len(column["categories"])), number(column.get("distinct")))
        for data in subjects_of(facts)
        for column in (data.get("statistics") or {}).get("columns") or ()
        if len(column.get("categories") or ()) > 1
    ]
    if not rows:
        return NOTHING
    shown = table("Columns that may hold labels", ("Data", "Column", "Values listed", "Different values"), rows, {2, 3})
    words = Paragraph("A column with few different values is listed; whether it is a label, the platform cannot tell.")
    return Filled((*shown, words), tuple(map(stored, subjects_of(facts))))


@filler("sheet.used_as")
def used_as(facts: Facts) -> Filled:
    """What the dataset is used as."""
    return joined(
        fact_list((("Kept as", data["purpose_label"]), ("Used as", ", ".join(data["used_as"]))), stored(data))
        for data in subjects_of(facts)
    )


def _lineage_of(facts: Facts) -> tuple[Known, ...]:
    return tuple(
        Known(MEASURED, f"Lineage of {one['label']}", facts.taken_at, one["digest"]) for one in subjects_of(facts)
    )


@filler("sheet.used_by")
def used_by(facts: Facts) -> Filled:
    """Model versions that were made from the dataset."""
    rows = [(data["label"], one["label"], one["relation"]) for data in subjects_of(facts) for one in data["used_by"]]
    if rows:
        shown = table("Used so far", ("Data", "Model version", "How"), rows)
        return Filled(shown, _lineage_of(facts))
    if not subjects_of(facts):
        return NOTHING
    words = Paragraph("No model version of the team was made from it by the day of the snapshot.")
    return Filled((words,), _lineage_of(facts))


@filler("sheet.derived")
def derived(facts: Facts) -> Filled:
    """Other data that the dataset was made from."""
    found = [(data, one) for data in subjects_of(facts) for one in data["derived_from"]]
    rows = [
        (data["label"], one.get("label") or "Data of another team", one["how"], one.get("digest"))
        for data, one in found
    ]
    if rows:
        shown = table("Made from", ("Data", "Made from", "How", "SHA-256"), rows)
        return Filled(shown, tuple(record_of(data) for data, _ in found))
    if not subjects_of(facts):
        return NOTHING
    words = Paragraph("No other data is on record that it was made from; it stands alone.")
    return Filled((words,), tuple(map(record_of, subjects_of(facts))))


@filler("sheet.commits")
def commits(facts: Facts) -> Filled:
    """Every version of the dataset, the newest first."""
    return joined(_commits(data) for data in subjects_of(facts))


def _commits(data: Json) -> Filled:
    rows = [
        (one["number"], one["operation"], one["message"], number(one["rows"]), day(one["created_at"]))
        + (who(one["created_by"]), one["digest"])
        for one in data.get("commits") or ()
    ]
    heads = ("Version", "Operation", "What was done", "Rows", "Day", "By", "SHA-256")
    words = Bullets(("Every version stays as it is and can be had again; its digest proves that it is the same.",))
    return Filled((*table(f"Versions of {data['name']}", heads, rows, {0, 3}), words), (stored(data),))


@filler("sheet.keeper")
def keeper(facts: Facts) -> Filled:
    """Who keeps the dataset."""
    return joined(
        fact_list((("Kept by the team", data.get("team")), ("This version by", who(data["created_by"]))), sheet(data))
        for data in subjects_of(facts)
    )
