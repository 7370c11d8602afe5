"""How a version was tested: the newest figures, what each metric shows and hides, and who answers for the reports."""

from dataclasses import dataclass

from apps.core.canonical import digest_of
from apps.core.formatting import digest_short, number
from apps.evaluation.rules import LOWER_IS_BETTER, METRICS
from apps.evaluation.rules import VERSION as OF_VERSION
from apps.reports.rules.documents.content import NOTHING, FactList, Filled, Known, Paragraph, Table
from apps.reports.rules.documents.filling.evaluation import known_of
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import each_version
from apps.reports.rules.documents.filling.moments import day, who
from apps.reports.rules.documents.filling.registry import filler

APPROVED = "approved"
# What each metric shows of a text, and what it does not; the formulas stand with the engine that computes them.
_SHOWS = {
    "loss": ("How unexpected the right answers are to the model.", "Whether what it writes itself is right."),
    "perplexity": (
        "The same as the loss, on a scale that grows with it.",
        "Whether what it writes itself is right; versions with other tokens do not compare.",
    ),
    "exact_match": (
        "How often its answer is the expected one, word for word.",
        "Answers that are right in other words.",
    ),
    "rouge_l": ("How much of the expected wording its answers hold, in order.", "Whether what is said is true."),
    "bleu": ("How close its wording is to the expected one over all rows.", "Whether what is said is true."),
}


@dataclass(frozen=True)
class Report:
    """One evaluation with the decision by which a responsible person stands for it, or None."""

    version: Json
    run: Json
    sign_off: Json | None

    @property
    def label(self) -> str:
        """How it is named for people."""
        return f"Evaluation {self.run['id']} of {day(self.run.get('finished_at'))}"

    @property
    def is_on_seen_rows(self) -> bool:
        """Whether rows were used that may have been part of training."""
        return not self.run.get("is_held_out")


def reports_of(facts: Facts) -> list[Report]:
    """Every evaluation of every version, with who signed for it: the first approval that came after it was finished."""
    return [
        Report(version, run, _first_after(run, _approvals(facts, version)))
        for version in facts.versions
        for run in version.get("evaluations") or []
    ]


def _approvals(facts: Facts, version: Json) -> list[Json]:
    """Every approval of any assessment of this version."""
    about = ("version", version["version"]["id"])
    own = [one for one in facts.assessments if (one["subject"]["kind"], one["subject"]["id"]) == about]
    return [decision for one in own for decision in one.get("sign_offs") or [] if decision["decision"] == APPROVED]


def _first_after(run: Json, decisions: list[Json]) -> Json | None:
    finished = run.get("finished_at")
    after = [one for one in decisions if finished and one["decided_at"] and one["decided_at"] >= finished]
    return min(after, key=lambda one: str(one["decided_at"]), default=None)


@filler("testing.newest")
def newest(facts: Facts) -> Filled:
    """Figures of the newest evaluation of each version."""
    return each_version(facts, _newest)


def _newest(version: Json) -> Filled:
    runs = version.get("evaluations") or []
    run = max(runs, key=lambda one: (one.get("finished_at") or "", one["id"]), default=None)
    scores = [one for one in (run or {}).get("scores") or [] if one["of"] == OF_VERSION]
    if run is None or not scores:
        return NOTHING
    columns = ("Metric", "Value", "95 % interval", "Rows")
    table = Table(
        "Figures of the newest evaluation", columns, tuple(_score(one) for one in scores), frozenset({1, 2, 3})
    )
    seen = "kept from training" if run.get("is_held_out") else "not kept from training"
    about = FactList((("Measured on", run["dataset_label"]), ("Rows", seen), ("Date", day(run.get("finished_at")))))
    missing = () if run.get("is_held_out") else (f"{_name(run)} used rows that may have been part of training.",)
    return Filled((about, table), (known_of(run, version),), missing)


def _name(run: Json) -> str:
    return f"Evaluation {run['id']}"


def _score(one: Json) -> tuple[str, ...]:
    interval = f"{number(one.get('low'))} to {number(one.get('high'))}"
    return (METRICS.get(str(one["metric"]), str(one["metric"])), number(one["value"]), interval, number(one.get("n")))


@filler("testing.metrics")
def metrics(facts: Facts) -> Filled:
    """Metrics that were used, with what each shows and hides."""
    used = dict.fromkeys(score["metric"] for run in facts.evaluations for score in run.get("scores") or [])
    if not used:
        return NOTHING
    rows = tuple(_meaning(metric) for metric in used)
    unknown = [metric for metric in used if metric not in _SHOWS]
    missing = tuple(f"What the metric {metric} shows and hides is not on record." for metric in unknown)
    table = Table("Metrics", ("Metric", "Shows", "Hides", "Better when"), rows)
    return Filled((table,), _knowns(facts), missing)


def _knowns(facts: Facts) -> tuple[Known, ...]:
    return tuple(known_of(run, version) for version in facts.versions for run in version["evaluations"])


def _meaning(metric: str) -> tuple[str, ...]:
    shows, hides = _SHOWS.get(metric, ("—", "—"))
    return (METRICS.get(metric, metric), shows, hides, "lower" if metric in LOWER_IS_BETTER else "higher")


@filler("testing.reports")
def reports(facts: Facts) -> Filled:
    """Test reports, dated and signed by a responsible person."""
    found = reports_of(facts)
    if not found:
        return NOTHING
    columns = ("Report", "Version", "Data", "Run by", "Signed by", "Signed on", "Digest")
    table = Table("Test reports", columns, tuple(_report(one) for one in found))
    note = Paragraph(
        "A report counts as signed where a responsible person approved the version after it was made: that decision"
        " carries a digest of what it rests on, and stands in the audit trail."
    )
    unsigned = tuple(f"{one.label} is not signed by a responsible person." for one in found if one.sign_off is None)
    return Filled((table, note), _knowns(facts), unsigned)


def _report(one: Report) -> tuple[str, ...]:
    signed = one.sign_off or {}
    return (
        one.label,
        one.version["version"]["label"],
        one.run["dataset_label"],
        who(one.run.get("started_by")),
        who(signed.get("decided_by"), "nobody"),
        day(signed.get("decided_at")),
        digest_short(digest_of(one.run)),
    )
