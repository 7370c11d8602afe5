"""The collector that speaks of what documentation exists. Audit packs are made a floor above and are not looked at."""

from apps.catalog.rules import provenance_gaps
from apps.checklist.queries.collectors.model import model_finding
from apps.checklist.queries.collectors.words import joined
from apps.checklist.queries.facts import Facts
from apps.checklist.rules import MEASURED, Finding
from apps.checklist.rules.findings import ASKS


def pack(facts: Facts) -> list[Finding]:
    """Which of the records that an audit pack is made of exist; whether they satisfy is a person's to say."""
    if not facts.version.manifest_digest:
        return []
    items = records(facts)
    missing = [name for name, is_there in items.items() if not is_there]
    there = [name for name, is_there in items.items() if is_there]
    summary = f"On record: {joined(there) or 'nothing'}. Missing: {joined(missing) or 'nothing'}. "
    summary += "The audit pack puts these together; whether they satisfy an auditor, no software can tell."
    return [
        model_finding(
            "reports.pack",
            facts.version,
            MEASURED,
            "Counted by the platform among the records that an audit pack is made of",
            summary,
            speaks_of=items,
            value={
                "on_record": there,
                "missing": missing,
                ASKS: "Nobody has said whether this documentation satisfies auditors and regulators.",
            },
        )
    ]


def records(facts: Facts) -> dict[str, bool]:
    """The records that an audit pack is made of, and whether each exists and is complete."""
    data = facts.datasets
    return {
        "complete datasheets": bool(data) and not any(provenance_gaps(one.provenance) for one in data),
        "scans of all training data": bool(data) and all(facts.scanned(one) is not None for one in data),
        "lineage": bool(facts.datasets or facts.ancestors),
        "tuning run": facts.tuning is not None,
        "evaluation": bool(facts.evaluations),
        "licence of the model": bool(facts.version.licence),
        "intended purpose": bool(facts.version.model.intended_purpose),
    }
