"""Drift measurements as an audit report tells them: drawings of what matters, and every chunk's value."""

from apps.core.charts import Chart, Small, multiples
from apps.core.formatting import number
from apps.reports.rules.documents.content import (
    Block,
    Bullets,
    FactList,
    Filled,
    Heading,
    Paragraph,
    Picture,
    Table,
    joined,
)
from apps.reports.rules.documents.filling import watched
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import table
from apps.reports.rules.documents.filling.moments import counted, exact, who
from apps.reports.rules.documents.filling.registry import filler
from apps.reports.rules.measured.drift import view

MOST_LINES = 45  # small lines in one drawing, so that it stands on one page
NEVER = "Drift was never measured for {}."
ROUNDED = (
    "▲ marks a value outside its thresholds. Values are rounded to six decimals here; the record that this report was"
    " made from has them as they were measured."
)


@filler("audit.drift")
def drift(facts: Facts) -> Filled:
    """Every drift measurement: the overall measures and the columns with alerts drawn, and every chunk's value."""
    return joined(_of_version(version) for version in (*facts.versions, *facts.former_versions))


def _of_version(version: Json) -> Filled:
    if not version["drift"]:
        return Filled(missing=(NEVER.format(version["version"]["label"]),))
    return joined(_measurement(run) for run in reversed(version["drift"]))


def _measurement(run: Json) -> Filled:
    shown = view(run)
    whose = "This is data" if run["is_own_traffic"] else "This is not data"
    blocks: list[Block] = [
        Heading(f"Drift measurement {run['id']} of {run['version_label']}"),
        Paragraph(f"{whose} from the version's own use. {run['note']}".strip()),
        Paragraph(_course(run)),
        *_meanings(shown),
        *_columns(run, shown),
    ]
    blocks += [_drawing(one) for one in shown["charts"]]
    blocks += [_chunks(place, one, len(shown["tables"])) for place, one in enumerate(shown["tables"], 1)]
    digests = (
        ("Digest of the reference", run["reference"]["digest"]),
        ("Digest of the data", run["analysis"]["digest"]),
    )
    return Filled((*blocks, Paragraph(ROUNDED), FactList(digests)), (watched.known_by(run),))


def _drawing(chart: Chart) -> Picture:
    """A drawing without its values, which stand in the tables that follow."""
    return Picture(chart.title, chart.svg, Table(chart.title, chart.table_headers, ()))


def _course(run: Json) -> str:
    """What was held against what, when, by whom and with what, and what came of it."""
    result = run["result"] or {}
    tools = ", ".join(f"{name} {release}" for name, release in (result.get("versions") or {}).items())
    moved = ", ".join(result.get("drifted_columns") or ())
    alerts = result.get("alerts") or 0
    outside = f"{counted(alerts, 'chunk value')} {'lies' if alerts == 1 else 'lie'} outside the thresholds"
    outside += f"; columns that moved: {moved}" if moved else ""
    return (
        f"{number(result.get('analysis_rows'))} rows of {run['analysis']['label']} were held against"
        f" {number(result.get('reference_rows'))} rows of {run['reference']['label']}, in chunks of"
        f" {number(result.get('chunk_size'))} rows, {exact(run['finished_at'])}, started by {who(run['started_by'])},"
        f" with {tools or 'a tool that is not on record'}. {outside}."
    )


def _meanings(shown: Json) -> list[Block]:
    items = [f"{one['name']}: {one['text']}" for one in shown["meanings"]]
    items += [f"Not measured: {reason}" for reason in shown["result"].get("skipped") or ()]
    return [Bullets(tuple(items))] if items else []


def _columns(run: Json, shown: Json) -> list[Block]:
    """The course of each column at a glance, and the figures."""
    measures = [one for one in watched.measures_of(run) if one["column"]]
    if not measures:
        return []
    lines = [Small(one["column"], tuple(_values(one)), bool(one["alerts"])) for one in measures]
    title = f"Course of each column, measurement {run['id']}"
    drawn = [multiples(title, lines[start : start + MOST_LINES]) for start in range(0, len(lines), MOST_LINES)]
    rows = [
        (f"{one['name']} ({one['type']})", number(one["highest"], 6), number(one["upper"], 6))
        + (f"▲ {one['alert_words']}" if one["alerts"] else "none",)
        for one in shown["columns"]
    ]
    heads = ("Column", "Highest", "Upper threshold", "Chunks outside")
    return [*map(_drawing, drawn), *table("Each column over all chunks", heads, rows, {1, 2})]


def _values(measure: Json) -> list[float | None]:
    return [chunk["value"] for chunk in measure["chunks"]]


def _chunks(place: int, shown: Json, count: int) -> Table:
    """Chunks down, measures across; the thresholds last."""
    heads = [", ".join(filter(None, (one["title"], one["note"]))).replace("\u200b", "") for one in shown["heads"]]
    rows = [
        (f"{row['number']} {row['chunk']['period']}", *(_cell(cell) for cell in row["cells"])) for row in shown["rows"]
    ]
    rows += [("Upper threshold", *shown["upper"]), ("Lower threshold", *shown["lower"])]
    title = "Every chunk's value" + (f", part {place} of {count}" if count > 1 else "")
    return Table(title, ("Chunk", *heads), tuple(rows), frozenset(range(1, len(heads) + 1)))


def _cell(cell: Json) -> str:
    return f"▲ {cell['text']}" if cell["is_alert"] else str(cell["text"])
