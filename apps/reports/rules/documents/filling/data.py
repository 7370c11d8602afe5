"""The data that models were trained on: what it is, how it was prepared, how it is spread, and what scans say."""

from collections.abc import Iterable

from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.findings import checks_missing
from apps.catalog.rules.findings.shape import sentence
from apps.checklist.rules.status import DECLARED, MEASURED
from apps.core.charts import Axis, histogram
from apps.core.formatting import digest_short, file_size, number, percent
from apps.reports.rules.documents.content import Block, Bullets, FactList, Filled, Known, Paragraph, joined
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import each_version, picture, statement_of, table, told
from apps.reports.rules.documents.filling.moments import day, who
from apps.reports.rules.documents.filling.registry import condition, filler

HIDDEN = "data of another team"
MOST_CHARTS = 4  # drawings of lengths and figures; the tables hold the rest
MOST_COLUMNS = 60  # columns of one dataset in a table
NO_DATA = Filled(missing=("No training data is on record.",))


def stored(data: Json) -> Known:
    """That figures of the rows were counted when they were stored."""
    return Known(MEASURED, f"Counted when it was stored: {data['label']}", data["created_at"], data["digest"])


def sheet(data: Json) -> Known:
    """That a datasheet says it."""
    return Known(DECLARED, f"Datasheet of {data['label']}", data["created_at"], data["provenance_digest"])


def scanned(data: Json) -> Known:
    """That a scan found it."""
    scan = data["scan"]
    return Known(MEASURED, f"Scan {scan['id']} of {data['label']}", scan.get("finished_at") or "", data["digest"])


@filler("data.training")
def training(facts: Facts) -> Filled:
    """The data that the model was trained on."""
    if not facts.training_data:
        return NO_DATA
    columns = ("Data", "Rows", "Size", "Format", "Columns", "Licence", "Stored", "SHA-256")
    rows = [_line(data) for data in facts.training_data]
    described = tuple((data["label"], data["description"]) for data in facts.training_data if data["description"])
    silent = tuple(f"{data['label']} is not described." for data in facts.training_data if not data["description"])
    blocks: tuple[Block, ...] = table("Training data", columns, rows, {1, 2})
    blocks += (FactList(described),) if described else ()
    return Filled(blocks, tuple(stored(data) for data in facts.training_data), silent)


def _line(data: Json) -> tuple[object, ...]:
    names = ", ".join(str(column["name"]) for column in data["columns"][:12])
    more = ", …" if len(data["columns"]) > 12 else ""
    return (
        data["label"],
        number(data["rows"]),
        file_size(data["size"]),
        data["format"],
        names + more,
        data["licence"] or "none on record",
        day(data["created_at"]),
        digest_short(data["digest"]),
    )


def of_sheets(datasets: Iterable[Json], *fields: str) -> Filled:
    """What the datasheets say in these fields, each under the name of its data; who says nothing is missing."""
    return joined(_of_sheet(data, fields) for data in datasets)


def _of_sheet(data: Json, fields: tuple[str, ...]) -> Filled:
    labels, rows, missing = data.get("provenance_labels") or {}, [], []
    for name in fields:
        label = labels.get(name, name.replace("_", " ").capitalize())
        value = data["provenance"].get(name)
        if value in (None, "", [], {}):
            missing.append(f"{data['label']}: “{label}” is empty in its datasheet.")
            continue
        words = "\n".join(in_words(value))
        carried = (data.get("carried") or {}).get(f"datasheet.{name}")
        rows.append((f"{data['label']}: {label}", f"{words} ({carried})" if carried else words))
    blocks = (FactList(tuple(rows)),) if rows else ()
    return Filled(blocks, (sheet(data),) if rows else (), tuple(missing))


@filler("data.collection")
def collection(facts: Facts) -> Filled:
    """How the training data was obtained and selected."""
    if not facts.training_data:
        return NO_DATA
    return of_sheets(facts.training_data, "origin", "collection_method", "permission")


@filler("data.preparation")
def preparation(facts: Facts) -> Filled:
    """How the data was prepared: labelled, cleaned, merged, redacted."""
    rows = [
        (data["label"], one["number"], one["operation"], one["message"], number(one["rows"]), day(one["created_at"]))
        + (who(one["created_by"]),)
        for data in facts.training_data
        for one in sorted(data.get("commits") or (), key=lambda one: int(one["number"]))
        if one["number"] <= data.get("number", 0)
    ]
    derived = tuple(
        f"{data['label']} was made from {one.get('label') or HIDDEN}: {one['how'] or 'how is not said'}."
        for data in facts.training_data
        for one in data["derived_from"]
    )
    columns = ("Data", "Version", "Operation", "What was done", "Rows", "Day", "By")
    blocks: tuple[Block, ...] = table("Versions of the data, the oldest first", columns, rows, {1, 4})
    blocks += (Bullets(derived),) if derived else ()
    said = each_version(facts, lambda version: statement_of(version, "preprocessing"))
    silent = () if said else ("How the rows were labelled, cleaned and selected is not described.",)
    return joined([said, Filled(blocks, tuple(stored(data) for data in facts.training_data), silent)])


@filler("data.statistics")
def statistics(facts: Facts) -> Filled:
    """Figures of the training data, column by column."""
    return joined(_statistics(data) for data in facts.training_data) if facts.training_data else NO_DATA


def _statistics(data: Json) -> Filled:
    told_of = data.get("statistics") or {}
    columns = told_of.get("columns") or []
    if not columns:
        return Filled(missing=(f"No figures of {data['label']} are on record.",))
    heads = ("Column", "Type", "Empty", "Different", "Length, mean", "Length, longest", "Mean", "Lowest", "Highest")
    rows = [_column(one) for one in columns[:MOST_COLUMNS]]
    left_out = len(columns) - len(rows)
    unshown = f"{data['label']} has {number(left_out)} more columns, whose figures are not shown."
    missing = (unshown,) if left_out else ()
    shown = table(f"{data['label']}: {number(data['rows'])} rows", heads, rows, range(2, 9))
    method = (Paragraph(str(told_of["method"])),) if told_of.get("method") else ()
    return Filled((*shown, *_drawings(data, columns), *method), (stored(data),), missing)


def _column(one: Json) -> tuple[object, ...]:
    length, figures = one.get("length") or {}, one.get("number") or {}
    values = (length.get("mean"), length.get("high"), figures.get("mean"), figures.get("low"), figures.get("high"))
    return (one["name"], one["type"], number(one.get("nulls")), number(one.get("distinct")), *map(number, values))


def _drawings(data: Json, columns: list[Json]) -> tuple[Block, ...]:
    """How the lengths of texts and the figures of numbers are spread."""
    found: list[Block] = []
    for one in columns:
        for kind, unit in (("length", "characters"), ("number", "")):
            bins = (one.get(kind) or {}).get("histogram")
            if bins and len(found) < MOST_CHARTS and len(bins["counts"]) > 1:
                title = f"{data['label']}, {one['name']}: {'length' if kind == 'length' else 'values'}"
                axis = Axis("Length" if kind == "length" else str(one["name"]), unit)
                chart = histogram(title, value=axis, low=bins["low"], high=bins["high"], counts=bins["counts"])
                found += picture(chart)
    return tuple(found)


def section_of(data: Json, check: str) -> Json | None:
    """What the newest scan of a dataset version found by one check."""
    found = ((data.get("scan") or {}).get("result") or {}).get(check)
    return found if isinstance(found, dict) else None


@filler("data.personal")
def personal(facts: Facts) -> Filled:
    """Personal data, secrets and special categories in the training data."""
    rows = [
        (data["label"], title, sentence(name), number(count))
        for data in facts.training_data
        for check, title in (("personal_data", "Personal data"), ("special_categories", "Special category"))
        for name, count in ((section_of(data, check) or {}).get("by_entity") or {}).items()
    ]
    shown = table("Found by scans", ("Data", "Kind", "What", "Matches"), rows, {3})
    known = tuple(scanned(data) for data in facts.training_data if data["scan"]) if rows else ()
    return joined([told(facts, "dataset.pii", "dataset.sensitive"), Filled(shown, known)])


@condition("data.has_personal")
def has_personal(facts: Facts) -> tuple[bool, str]:
    """Whether personal data is, or may be, in the training data: only a scan of everything can say that it is not."""
    sections = [(data, section_of(data, "personal_data")) for data in facts.training_data]
    if not sections:
        return True, ""
    for data, section in sections:
        if section is None or section.get("total") or int(section.get("rows_scanned") or 0) < data["rows"]:
            return True, ""
    names = ", ".join(data["label"] for data, _ in sections)
    return False, f"Scans of every row of {names} found no personal data of the kinds that they look for."


@filler("data.bias")
def bias(facts: Facts) -> Filled:
    """What is known of biases: groups at risk, languages, and how labels are spread."""
    said = each_version(facts, lambda version: statement_of(version, "biases", "fairness"))
    measured = joined([_languages(facts), _labels(facts)])
    missing = () if said else ("Nobody has described possible biases of the training data.",)
    return joined([said, measured, Filled(missing=missing)])


def _languages(facts: Facts) -> Filled:
    rows = [
        (data["label"], one.get("name"), number(one.get("rows")), _part(one.get("rows"), data["rows"]))
        for data in facts.training_data
        for one in ((section_of(data, "text") or {}).get("language") or {}).get("languages") or ()
    ]
    shown = table("Languages, as a scan found them", ("Data", "Language", "Rows", "Share"), rows, {2, 3})
    return Filled(shown, tuple(scanned(data) for data in facts.training_data if section_of(data, "text")))


def _labels(facts: Facts) -> Filled:
    """Columns that hold few labels: how often each stands there. Never values that read like somebody's text."""
    rows = [
        (data["label"], column["name"], one["value"], number(one["count"]), _part(one["count"], data["rows"]))
        for data in facts.training_data
        for column in (data.get("statistics") or {}).get("columns") or ()
        for one in column.get("categories") or ()
        if len(column["categories"]) > 1
    ]
    shown = table("How labels are spread", ("Data", "Column", "Label", "Rows", "Share"), rows, {3, 4})
    return Filled(shown, tuple(stored(data) for data in facts.training_data) if rows else ())


def _part(count: object, rows: int) -> str:
    return percent(count / rows) if isinstance(count, int | float) and rows else percent(None)


@filler("data.synthetic")
def synthetic(facts: Facts) -> Filled:
    """How much of the training data machines wrote."""
    return told(facts, "dataset.generation", "dataset.generated")


@filler("data.poisoning")
def poisoning(facts: Facts) -> Filled:
    """What was done to find planted rows, and what was found."""
    return told(facts, "dataset.poisoning", "dataset.duplicates", "dataset.integrity")


@filler("data.evaluation")
def evaluation(facts: Facts) -> Filled:
    """The data that the model was tested on."""
    data = facts.evaluation_data
    if not data:
        return Filled(missing=("No data for testing is on record.",))
    columns = ("Data", "Rows", "Size", "Format", "Columns", "Licence", "Stored", "SHA-256")
    both = tuple(
        f"{one['label']} was used for training too: only rows that were kept from training were measured on."
        for one in data
        if "training data" in one["used_as"]
    )
    shown: tuple[Block, ...] = table("Data for testing", columns, [_line(one) for one in data], {1, 2})
    whole = Filled((*shown, *((Bullets(both),) if both else ())), tuple(stored(one) for one in data))
    return joined([whole, told(facts, "dataset.contamination")])


@filler("data.gaps")
def gaps(facts: Facts) -> Filled:
    """What is not known of the training data."""
    if not facts.training_data:
        return NO_DATA
    found = tuple(gap for data in facts.training_data for gap in _gaps(data))
    if found:
        return Filled((Bullets(found),), tuple(sheet(data) for data in facts.training_data), found)
    words = "No gap was found: every datasheet is complete, and every check of the scans was made."
    return Filled((Paragraph(words),), tuple(sheet(data) for data in facts.training_data))


def _gaps(data: Json) -> list[str]:
    labels = data.get("provenance_labels") or {}
    found = [f"{data['label']}: “{labels.get(name, name)}” is empty." for name in data["provenance_gaps"]]
    if data["scan"] is None:
        return [*found, f"{data['label']} was never scanned."]
    checks = set((data["scan"].get("checks_of") or {}).keys())
    result = {name: {} for name in checks} | (data["scan"]["result"] or {})
    unmade = checks_missing(result)
    return [*found, f"{data['label']}: not looked for by a scan: {', '.join(unmade).lower()}."] if unmade else found
