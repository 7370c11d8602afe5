"""A plan for monitoring after placing on the market, as far as what is set up on the platform tells it (Article 72)."""

from collections.abc import Iterator
from datetime import date

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.core.formatting import duration, number
from apps.reports.rules.documents.content import NOTHING, Bullets, FactList, Filled, Known, Paragraph, Table
from apps.reports.rules.documents.filling import watched
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.moments import counted, day, read, who
from apps.reports.rules.documents.filling.registry import filler

OTHER_DATA = "Every drift measurement so far is of data that does not come from the versions' own use."
NOT_MEASURED = "No drift measurement has been made."
_METHODS = {
    "Jensen–Shannon distance": "how far the values of one column moved from the baseline: 0 equal, 1 nothing in common",
    "Reconstruction error": "how badly all columns together still fit the pattern of the baseline",
    "Estimated ROC AUC": "how well the model still tells classes apart, estimated from its own probabilities (CBPE)",
    "Realised ROC AUC": "the same, counted once outcomes have become known",
}


@filler("plan.sources")
def sources(facts: Facts) -> Filled:
    """Data that is collected in use, and where it comes from."""
    rows = [*_drift_sources(facts), *_call_sources(facts), *_other_sources(facts)]
    if not rows:
        return NOTHING
    columns = ("Data collected", "Source", "On record")
    known = tuple(watched.known_by(run) for run in facts.drift)
    missing = (OTHER_DATA,) if watched.only_other_data(facts) else ()
    return Filled((Table("Data collected and its sources", columns, tuple(rows)),), known, missing)


def _drift_sources(facts: Facts) -> Iterator[tuple[str, str, str]]:
    for run in watched.newest_by_version(facts.drift):
        kind = "the version's own use" if run["is_own_traffic"] else "other data, as a stand-in"
        rows = number((run["result"] or {}).get("analysis_rows"))
        yield "Inputs and outputs, by chunks", f"{run['analysis']['label']} ({kind})", f"{rows} rows"


def _call_sources(facts: Facts) -> Iterator[tuple[str, str, str]]:
    for place in facts.deployments:
        callers = len(place.get("applications") or ())
        yield "Use of the deployment", f"{place['name']} ({place['environment']})", counted(callers, "application")


def _other_sources(facts: Facts) -> Iterator[tuple[str, str, str]]:
    if facts.incidents:
        yield "Incidents and concerns", "People, and alerts of the platform", counted(len(facts.incidents), "incident")
    if facts.evaluations:
        yield "Evaluations on known answers", "Runs on the platform", counted(len(facts.evaluations), "evaluation")


@filler("plan.metrics")
def metrics(facts: Facts) -> Filled:
    """Metrics that are watched, with baselines and thresholds."""
    runs = watched.newest_by_version(facts.drift)
    if not runs:
        return NOTHING
    tables = (watched.baselines_table(runs), *(watched.thresholds_table(run) for run in runs))
    words = Paragraph(
        "Thresholds are fitted on the baseline, never on the period under watch. A value outside its thresholds counts "
        "as an alert."
    )
    missing = tuple(f"Not measured: {words}." for words in watched.skipped_in(runs))
    return Filled((words, *tables), tuple(watched.known_by(run) for run in runs), missing)


@filler("plan.sampling")
def sampling(facts: Facts) -> Filled:
    """How much is looked at, and how often."""
    runs = sorted(facts.drift, key=lambda run: str(run["finished_at"] or ""))
    if not runs:
        return NOTHING
    rows = [
        ("Measurements so far", number(len(runs))),
        ("First and last", f"{day(runs[0]['finished_at'])} to {day(runs[-1]['finished_at'])}"),
        ("Time between them", _between(runs)),
        ("Rows in a chunk", _each([(run["result"] or {}).get("chunk_size") for run in runs])),
        ("Rows looked at", number(sum((run["result"] or {}).get("analysis_rows") or 0 for run in runs))),
    ]
    words = Paragraph("Every row of the data that is looked at is counted; none is drawn at random.")
    once = ("One measurement was made; no interval can be told from it.",) if len(runs) == 1 else ()
    return Filled((FactList(tuple(rows)), words), tuple(map(watched.known_by, runs)), once)


def _between(runs: list[Json]) -> str:
    moments = [moment for run in runs if (moment := read(run["finished_at"]))]
    gaps = sorted((later - earlier).total_seconds() for earlier, later in zip(moments, moments[1:], strict=False))
    return f"{duration(gaps[len(gaps) // 2])} in the middle, {duration(gaps[-1])} at most" if gaps else "—"


def _each(values: list[int | None]) -> str:
    return ", ".join(dict.fromkeys(number(value) for value in values if value)) or "—"


@filler("plan.methods")
def methods(facts: Facts) -> Filled:
    """Methods by which the data is analysed."""
    found = watched.methods_of(facts.drift)
    if not found:
        return NOTHING
    rows = tuple((name, _METHODS.get(name, "—"), tools) for name, tools in found)
    table = Table("Methods of analysis", ("Method", "What it tells", "Tool"), rows)
    return Filled((table,), tuple(map(watched.known_by, watched.newest_by_version(facts.drift))))


@filler("plan.triggers")
def triggers(facts: Facts) -> Filled:
    """What sets off a corrective action, a new evaluation or an incident."""
    if not facts.versions:
        return NOTHING
    rules = [
        "A value outside its thresholds is an alert; where a measurement is set to do so, alerts open an incident.",
        "An altered file of a model version blocks its deployment and opens an incident.",
        "A changed dataset, version or deployment makes every answer that rests on it stale.",
        "An incident that is classified as serious starts its clock under Article 73 from the moment of awareness.",
        "A waiver that runs out closes the gate again.",
    ]
    controls = tuple(_controls(facts.risks))
    table = Table("Checks that reopen a risk when they fail", ("Risk", "Check", "State", "Last checked"), controls)
    own = _opened_by_drift(facts)
    known = Known(MEASURED, "Rules of the platform", facts.taken_at)
    missing = () if own else ("No alert of these versions has opened an incident yet, or was set to.",)
    return Filled((Bullets(tuple(rules)), *((table,) if controls else ())), (known,), missing)


def _controls(risks: list[Json]) -> Iterator[tuple[str, str, str, str]]:
    for risk in risks:
        for control in risk["controls"]:
            if control["rule"]:
                yield risk["title"], control["rule"], control["state_label"], day(control["checked_at"])


def _opened_by_drift(facts: Facts) -> bool:
    watching = any(run.get("opens_incident") for run in facts.drift)
    return watching or any(one["subject"]["type"] == "monitoring.driftrun" for one in facts.incidents)


@filler("plan.people")
def people(facts: Facts) -> Filled:
    """Who answers for what in monitoring."""
    rows = [("Owner of the system", system["label"], who(system["owner"])) for system in facts.systems]
    rows += [
        ("Owner of a risk", risk["title"], who(risk["owner"])) for risk in facts.risks if risk["state"] != "closed"
    ]
    rows += [("Runs the deployment", place["name"], who(place["started_by"])) for place in facts.deployments]
    rows += [("Measures drift", run["version_label"], who(run["started_by"])) for run in facts.drift]
    if not rows:
        return NOTHING
    table = Table("Responsible persons", ("Part", "For", "Person"), tuple(dict.fromkeys(rows)))
    missing = () if facts.systems else ("No system with an owner holds the version.",)
    return Filled((table,), (Known(DECLARED, "Owners on record", facts.taken_at),), missing)


@filler("plan.retention")
def retention(facts: Facts) -> Filled:
    """How long records of monitoring are kept."""
    head = facts.trail.get("head") or {}
    if not head:
        return NOTHING
    rows = [
        ("Measurements, evaluations, incidents", "Kept on the platform, which has no way to remove one"),
        ("Acts on them", "Kept in the audit trail for at least ten years; segments archived later still verify"),
        ("Entries in this snapshot", number(len(facts.trail.get("entries") or ()))),
        ("This plan", "Part of the technical documentation, to be kept for ten years (Article 18)"),
    ]
    known = Known(MEASURED, "Audit trail", facts.taken_at, str(head.get("digest") or ""))
    return Filled((FactList(tuple(rows)),), (known,))


@filler("plan.review")
def review(facts: Facts) -> Filled:
    """When the plan and the risks behind it are looked at again."""
    today = date.fromisoformat(facts.taken_at[:10]) if facts.taken_at else None
    dated = [risk for risk in facts.risks if risk["review_on"] and risk["state"] != "closed"]
    if not dated:
        return Filled(missing=("No open risk has a day of review.",))
    rows = tuple((risk["title"], who(risk["owner"]), risk["review_on"]) for risk in sorted(dated, key=_review))
    late = sum(today is not None and date.fromisoformat(risk["review_on"]) < today for risk in dated)
    undated = sum(not risk["review_on"] and risk["state"] != "closed" for risk in facts.risks)
    missing = [f"Reviews that are overdue: {late}."] if late else []
    missing += [f"Open risks without a day of review: {undated}."] if undated else []
    table = Table("Next reviews of the risks", ("Risk", "Owner", "On"), rows)
    return Filled(
        (table,), (Known(DECLARED, "Risk register", facts.taken_at, record_digest(facts.risks)),), tuple(missing)
    )


def _review(risk: Json) -> str:
    return str(risk["review_on"])
