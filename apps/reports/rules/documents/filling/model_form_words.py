"""Items of the Model Documentation Form in words alone: how the model was trained, how its data were prepared.

Exact figures stand in items of their own, which some readers do not get; names of people do not leave the house.
"""

from apps.catalog.rules.datasheets import in_words
from apps.checklist.rules.status import DECLARED, MEASURED
from apps.core.formatting import number
from apps.reports.rules.documents.content import NOTHING, FactList, Filled, Known, Table, joined
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.registry import filler
from apps.reports.rules.documents.filling.training_sources import sheet_known

# What a datasheet says of how rows became training data, in the words of docs/vocabulary.md.
PREPARATION = {
    "preprocessing": "Cleaning and preparation",
    "manipulation": "Other changes to the values",
    "imputation": "Values that were filled in",
    "missing_data": "What is missing",
    "annotation": "Labelling",
    "annotation_analysis": "From labels to final labels",
    "machine_annotation_tools": "Machines that labelled it",
}


@filler("form.training")
def training(facts: Facts) -> Filled:
    """How the model was trained, without exact figures."""
    return joined(_training(version) for version in facts.versions if version.get("tuning"))


def _training(version: Json) -> Filled:
    run = version["tuning"]
    result = run.get("result") or {}
    every, changed = result.get("parameters_total"), result.get("parameters_trainable")
    share = number(float(f"{100 * changed / every:.2g}")) if every and changed else ""
    rows = [
        ("Trained", version["version"]["label"]),
        ("From the base model", str(run.get("base_label") or "")),
        ("As", str(version["version"].get("relation_label") or "")),
        ("On", str(run.get("dataset_label") or "")),
        ("Parameters that were changed", f"about {share} %" if share else ""),
    ]
    known = Known(
        MEASURED, f"Tuning run {run['id']}", str(run.get("finished_at") or ""), run.get("dataset_digest") or ""
    )
    return Filled((FactList(tuple((name, value) for name, value in rows if value)),), (known,))


@filler("form.curation")
def curation(facts: Facts) -> Filled:
    """How the data were cleaned, filtered and prepared."""
    return joined(_curation(data) for data in facts.training_data)


def _curation(data: Json) -> Filled:
    sheet = data.get("provenance") or {}
    said = [(words, " ".join(in_words(sheet[name]))) for name, words in PREPARATION.items() if sheet.get(name)]
    steps = [
        (str(one["number"]), one["operation"], one["message"] or "—", number(one["rows"]))
        for one in sorted(data.get("commits") or (), key=lambda one: one["number"])
        if one["number"] <= data["number"]
    ]
    missing = (
        () if said else (f"How the rows of {data['label']} were cleaned, selected and labelled is not described.",)
    )
    if not said and len(steps) < 2:
        return Filled(missing=missing)
    told = FactList(tuple((f"{data['label']}: {name}", words) for name, words in said))
    columns = ("Version", "Operation", "What was done", "Rows")
    table = Table(f"Versions of {data.get('name') or data['label']}", columns, tuple(steps), frozenset({3}))
    return Filled((*([told] if said else []), *([table] if steps else [])), (sheet_known(data),), missing)


@filler("form.data_types")
def data_types(facts: Facts) -> Filled:
    """What kind of data was used for training and for testing."""
    found = [("Training", data) for data in facts.training_data] + [("Testing", data) for data in facts.evaluation_data]
    if not found:
        return NOTHING
    rows = tuple((use, data["label"], str(data["format"]), str(data.get("description") or "—")) for use, data in found)
    table = Table("Data", ("Used for", "Data", "Format", "What it holds"), rows)
    silent = dict.fromkeys(data["label"] for _, data in found if not data.get("description"))
    missing = tuple(f"What {label} holds is not described." for label in silent)
    known = tuple(dict.fromkeys(Known(DECLARED, f"Record of {data['label']}", "", data["digest"]) for _, data in found))
    return Filled((table,), known, missing)
