"""What was measured on a version: on which data, with which results, and who stands for it."""

from apps.checklist.rules.status import MEASURED
from apps.core.formatting import digest_short, number
from apps.evaluation.rules import BASELINE, DIFFERENCE, LOWER_IS_BETTER, METRICS
from apps.evaluation.rules import VERSION as OF_VERSION
from apps.reports.rules.documents.content import Block, Filled, Known, Paragraph, joined
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import each_version, picture, statement_of, table, told
from apps.reports.rules.documents.filling.moments import day, exact, who
from apps.reports.rules.documents.filling.registry import filler
from apps.reports.rules.measured.drawings import score_charts
from apps.reports.rules.measured.scores import VERDICTS

NEVER = "No finished evaluation of this version is on record."


def known_of(run: Json, version: Json) -> Known:
    """That a run measured it; stale where the version has other files by now."""
    present = version["version"]["manifest_digest"]
    is_stale = bool(run["model_digest"] and present and run["model_digest"] != present)
    return Known(MEASURED, f"Evaluation {run['id']}", run["finished_at"] or "", run["model_digest"], is_stale)


def _knowns(version: Json) -> tuple[Known, ...]:
    return tuple(known_of(run, version) for run in version["evaluations"])


def _rows_of(run: Json) -> int | None:
    rows = (run["result"] or {}).get("rows")
    return rows if isinstance(rows, int) else None


@filler("evaluation.suites")
def suites(facts: Facts) -> Filled:
    """The tests that were run, and the data that they used."""
    return each_version(facts, _suites)


def _suites(version: Json) -> Filled:
    if not version["evaluations"]:
        return Filled(missing=(NEVER,))
    columns = ("Evaluation", "Day", "Data", "Rows", "Kept from training", "Metrics", "Beside", "Rows (SHA-256)")
    rows = [_suite(run) for run in version["evaluations"]]
    methods = dict.fromkeys(str((run["result"] or {}).get("method") or "") for run in version["evaluations"])
    how = tuple(Paragraph(f"{words[:1].upper()}{words[1:]}.") for words in methods if words)
    seen = tuple(
        f"Evaluation {run['id']} measured rows that may have been part of training."
        for run in version["evaluations"]
        if not run["is_held_out"]
    )
    shown: tuple[Block, ...] = (*table("Tests", columns, rows, {3}), *how)
    return joined([statement_of(version, "evaluation"), Filled(shown, _knowns(version), seen)])


def _suite(run: Json) -> tuple[object, ...]:
    metrics = dict.fromkeys(METRICS.get(one["metric"], one["metric"]) for one in run["scores"])
    beside = (run["baseline"] or {}).get("label")
    kept = "yes" if run["is_held_out"] else "no"
    told = (run["id"], day(run["finished_at"]), run["dataset_label"], number(_rows_of(run)), kept)
    return (*told, ", ".join(metrics), beside, digest_short(run["rows_digest"]))


@filler("evaluation.results")
def results(facts: Facts) -> Filled:
    """What the tests measured, with intervals."""
    return each_version(facts, _results)


def _results(version: Json) -> Filled:
    runs = list(reversed(version["evaluations"]))
    blocks = tuple(block for run in runs for block in (*_scores(run), *_charts(run), *_notes(run)))
    missing = () if runs else (NEVER,)
    return joined([Filled(blocks, _knowns(version), missing), told_by_others(version)])


def told_by_others(version: Json) -> Filled:
    """Figures that a card or a run elsewhere tells, with who says so."""
    figures = version.get("figures") or []
    told_by = [(one["words"], one["source"], one["status"]) for one in figures]
    columns = ("Figure", "Who says so", "How it is known")
    return Filled(table("Figures that others measured", columns, told_by), _others(figures))


def _scores(run: Json) -> tuple[Block, ...]:
    """One row a metric: the version, what it was held against, and the difference, each with its 95 % interval."""
    by_key = {(one["metric"], one["of"]): one for one in run["scores"]}
    columns = ("Metric", "Better", "Version", "Interval", "Baseline", "Difference", "Its interval", "Verdict", "Rows")
    rows = [_score(metric, by_key) for metric in dict.fromkeys(one["metric"] for one in run["scores"])]
    beside = f", beside {run['baseline']['label']}" if run["baseline"] else ""
    title = f"Evaluation {run['id']} of {day(run['finished_at'])} on {run['dataset_label']}{beside}, 95 % intervals"
    return table(title, columns, rows, {2, 3, 4, 5, 6, 8})


def _score(metric: str, by_key: dict[tuple[str, str], Json]) -> tuple[object, ...]:
    own, base, apart = (by_key.get((metric, of)) for of in (OF_VERSION, BASELINE, DIFFERENCE))
    verdict = VERDICTS.get(str((apart or {}).get("verdict")), "")
    better = "lower" if metric in LOWER_IS_BETTER else "higher"
    cells = (_value(own), _interval(own), _value(base), _value(apart), _interval(apart))
    return (METRICS.get(metric, metric), better, *cells, verdict, number((own or apart or {}).get("n")))


def _value(score: Json | None) -> str:
    return number(score["value"]) if score else ""


def _interval(score: Json | None) -> str:
    return f"{number(score['low'])} to {number(score['high'])}" if score else ""


def _charts(run: Json) -> tuple[Block, ...]:
    """Version and baseline side by side, one drawing for each scale."""
    return tuple(block for chart in score_charts(run) for block in picture(chart))


def _notes(run: Json) -> tuple[Block, ...]:
    notes = (run["result"] or {}).get("notes") or []
    return (Paragraph(" ".join(str(note) for note in notes)),) if notes else ()


@filler("evaluation.groups")
def groups(facts: Facts) -> Filled:
    """Results for single groups of people or kinds of input."""
    found = each_version(facts, _groups)
    said = each_version(facts, lambda version: statement_of(version, "fairness"))
    missing = () if found else ("Nobody has measured the model by groups of people or kinds of input.",)
    return joined([found, said, Filled(missing=missing)])


def _groups(version: Json) -> Filled:
    """Figures of parts of the data, as far as a card or a run tells them."""
    parts = [one for one in version.get("figures") or () if one["split"]]
    rows = [
        (one["dataset"], one["split"], one["name"], one["text"] or number(one["value"]), one["source"]) for one in parts
    ]
    shown = table("Figures by part of the data", ("Data", "Part", "Figure", "Value", "Who says so"), rows, {3})
    return Filled(shown, _others(parts))


def _others(figures: list[Json]) -> tuple[Known, ...]:
    """How figures are known that were not measured here: by whom they were told."""
    told: dict[tuple[str, str], list[Json]] = {}
    for one in figures:
        told.setdefault((one["status"], one["source"] or "a card"), []).append(one)
    return tuple(Known(how, f"Told by {source}", "", record_digest(rows)) for (how, source), rows in told.items())


@filler("evaluation.reviews")
def reviews(facts: Facts) -> Filled:
    """People who looked at the results and decided on them."""
    rows = [
        (one["subject"]["label"], one["framework"]["title"], decision["decision"], who(decision["decided_by"]))
        + (exact(decision["decided_at"]), decision["reason"])
        for one in facts.assessments
        for decision in one.get("sign_offs") or ()
    ]
    columns = ("About", "Against", "Decision", "By", "When", "Reason")
    known = Known(
        MEASURED, "Decisions in the audit trail", facts.taken_at, (facts.trail.get("head") or {}).get("digest") or ""
    )
    missing = () if rows else ("Nobody has signed for the results.",)
    return Filled(table("Decisions on the results", columns, rows), (known,) if rows else (), missing)


@filler("evaluation.reports")
def reports(facts: Facts) -> Filled:
    """Reports of the tests, with date, author and digest."""
    columns = ("Report", "About", "Made", "Files measured (SHA-256)", "Rows measured (SHA-256)")
    rows = [
        (f"Evaluation {run['id']}", run["version_label"], f"{exact(run['finished_at'])} by {who(run['started_by'])}")
        + (run["model_digest"], run["rows_digest"])
        for run in facts.evaluations
    ]
    known = tuple(known_of(run, version) for version in facts.versions for run in version["evaluations"])
    missing = () if rows else (NEVER,)
    return joined([Filled(table("Reports of tests", columns, rows), known, missing), told(facts, "evaluation.metrics")])
