"""What an audit asks of a version beside its record: whether the approved files are the present ones, in which
environment it was made, and how it did against its baseline."""

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.core.formatting import number, sentence
from apps.reports.rules.documents.content import Block, FactList, Filled, Heading, Known, Paragraph, joined
from apps.reports.rules.documents.filling.evaluation import known_of, told_by_others
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import each_version, fact_list, label_of, picture, table
from apps.reports.rules.documents.filling.moments import exact, who
from apps.reports.rules.documents.filling.registry import filler
from apps.reports.rules.measured import drawings, scores


@filler("audit.approval")
def approval(facts: Facts) -> Filled:
    """What the model is for, at which stage the version is, and whether its files are those that were approved."""
    return each_version(facts, _approval)


def _approval(version: Json) -> Filled:
    of, model = version["version"], version["model"]
    changed = bool(of["approved_digest"]) and of["approved_digest"] != of["manifest_digest"]
    rows = (
        ("Intended purpose", model["intended_purpose"] or "not stated"),
        ("Intended uses", ", ".join(sentence(use) for use in model["intended_uses"])),
        ("Stage", of.get("stage_label") or of["stage"]),
        ("Approved", exact(of["approved_at"]) if of["approved_at"] else "no"),
        ("Digest that was approved", of["approved_digest"] or "none"),
        ("Digest of the present files", of["manifest_digest"] or "no files yet"),
        ("The files are", _same(of, changed=changed)),
        ("May be deployed", "yes" if of["is_deployable"] else "no"),
        ("What stands against deploying it", "; ".join(str(one) for one in of.get("obstacles") or ())),
    )
    missing = (f"The files of {label_of(version)} have changed since they were approved.",) if changed else ()
    at, digest = of["updated_at"] or of["created_at"], of["manifest_digest"] or ""
    known = Known(DECLARED, f"Record of the version {of['label']}", at, digest)
    return fact_list(rows, known, missing=missing)


def _same(of: Json, *, changed: bool) -> str:
    if not of["approved_digest"]:
        return ""
    return "not those that were approved" if changed else "those that were approved"


@filler("audit.environment")
def environment(facts: Facts) -> Filled:
    """Seed, repeatability, the rows kept unseen and the machine, as the tuning wrote them down."""

    def fill(version: Json) -> Filled:
        return _environment(version["tuning"]) if version["tuning"] else Filled()

    return each_version(facts, fill)


def _environment(run: Json) -> Filled:
    result = run["result"] or {}
    told = result.get("environment") or {}
    again = "a run with the same inputs on such a machine gives the same weights" if result.get("repeatable") else ""
    rows = (
        ("Seed", result.get("seed")),
        ("Repeatable", again),
        ("Rows kept unseen (SHA-256)", run.get("held_out_digest")),
        ("Data (SHA-256)", result.get("data_sha256")),
        ("Weights begun from (SHA-256)", result.get("base_weights_sha256")),
        ("Weights made (SHA-256)", result.get("model_weights_sha256")),
        *((sentence(name), value) for name, value in told.items() if isinstance(value, str | int | float)),
    )
    packages = sorted((told.get("packages") or {}).items())
    digest = str(result.get("model_weights_sha256") or "")
    known = Known(MEASURED, f"Tuning run {run['id']}", run["finished_at"] or "", digest)
    facts = fact_list(rows, known)
    return joined([facts, Filled(table("Packages", ("Package", "Version"), packages))])


@filler("audit.evaluations")
def evaluations(facts: Facts) -> Filled:
    """Every evaluation with its scores, intervals, drawings and verdicts, beside the baseline."""
    return joined(_of_version(version) for version in (*facts.versions, *facts.former_versions))


def _of_version(version: Json) -> Filled:
    if not version["evaluations"]:
        missing = (f"{label_of(version)} was never evaluated on this portal.",)
        return joined([Filled(missing=missing), told_by_others(version)])
    return joined([*(_evaluation(run, version) for run in reversed(version["evaluations"])), told_by_others(version)])


def _evaluation(run: Json, version: Json) -> Filled:
    result, label = run["result"] or {}, label_of(version)
    baseline = f"; the baseline is {run['baseline']['label']}, measured on the same rows" if run["baseline"] else ""
    kept = "The rows were kept from training." if run["is_held_out"] else "The rows may have been seen in training."
    method = f" Intervals hold the true value with 95 % confidence: {result['method']}." if result.get("method") else ""
    blocks: list[Block] = [
        Heading(f"Evaluation {run['id']} of {label} on {run['dataset_label']}"),
        Paragraph(f"{exact(run['finished_at'])}, started by {who(run['started_by'])}{baseline}. {kept}{method}"),
        *_scores(run),
        *(block for chart in drawings.score_charts(run) for block in picture(chart)),
        *(Paragraph(str(note)) for note in result.get("notes") or ()),
    ]
    is_present = run["model_digest"] == version["version"]["manifest_digest"]
    measured = run["model_digest"] + ("" if is_present else "\n(not the present files)")
    blocks.append(FactList((("Digest of the rows", run["rows_digest"]), ("Digest of the files measured", measured))))
    missing = [] if is_present else [f"Evaluation {run['id']} measured other files than those that {label} has now."]
    if not run["is_held_out"]:
        missing.append(f"Evaluation {run['id']} measured rows that may have been part of training.")
    return Filled(tuple(blocks), (known_of(run, version),), tuple(missing))


def _scores(run: Json) -> tuple[Block, ...]:
    """One row a metric, each value with its interval."""
    rows = [
        (f"{row['metric']} ({row['better']} is better)", *_value(row["version"]), *_value(row["baseline"]))
        + (*_value(row["difference"]), row["verdict"], number(_rows_of(run, row)))
        for row in scores.table(run)
    ]
    ends = ("Version", "Its interval", "Baseline", "Interval", "Difference", "Interval of the difference")
    return table("Scores with 95 % intervals", ("Measure", *ends, "What it says", "Rows"), rows, {1, 3, 5, 8})


def _value(cell: dict[str, str] | None) -> tuple[str, str]:
    return (cell["value"], cell["interval"]) if cell else ("", "")


def _rows_of(run: Json, row: Json) -> int | None:
    return next((one["n"] for one in run["scores"] if one["metric"] == row["key"] and one["n"]), None)
