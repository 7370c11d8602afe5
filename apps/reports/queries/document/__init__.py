"""The report for people, as HTML, made from a snapshot alone: what is on paper is in the JSON too."""

from typing import Any

from django.template.loader import render_to_string

from apps.checklist.rules import STATUSES, UNKNOWN
from apps.core.press.parts import MARKER
from apps.reports.queries.document.drawings import lineage
from apps.reports.rules.measured import drawings, drift, scores

TEMPLATE = "pdf/audit_pack.html"
TRAIL_ROWS = 600  # in one part, about 25 pages


def document_html(facts: dict[str, Any], json_digest: str) -> str:
    """The whole report. `json_digest` is the SHA-256 of audit-pack.json; it stands on every page."""
    return render_to_string(TEMPLATE, document_context(facts, json_digest))


def document_context(facts: dict[str, Any], json_digest: str) -> dict[str, Any]:
    """The snapshot with what is drawn and counted from it."""
    questions = [question for group in facts["assessment"]["groups"] for question in group["questions"]]
    texts = {question["id"]: question["text"] for question in questions}
    return {
        "facts": facts,
        "json_digest": json_digest,
        "questions": questions,
        "counts": _counts(questions),
        "stale": sum(question["is_stale"] for question in questions),
        "gaps": [gap | {"text": texts[gap["question"]]} for gap in facts["assessment"]["gate"]["gaps"]],
        "lineage": lineage(facts),
        "loss": drawings.loss_curves(facts["tuning"]),
        "evaluations": [
            {"run": run, "charts": drawings.score_charts(run), "rows": scores.table(run)}
            for run in reversed(facts["evaluations"])
        ],
        "drifts": [drift.view(run) for run in reversed(facts["drift"])],
        "trail_parts": _trail_parts(facts),
        "marker": MARKER,
    }


def _counts(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How many questions are known in which way, strongest first, unknown last."""
    order = [status for status in STATUSES if status != UNKNOWN] + [UNKNOWN]
    return [
        {"status": status, "label": STATUSES[status], "count": sum(item["status"] == status for item in questions)}
        for status in order
    ]


def _trail_parts(facts: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The entries of the trail in tables that are set side by side; one empty table where there are none."""
    rows = [entry | {"who": _who(entry["actor"], facts)} for entry in facts["audit_trail"]["entries"]]
    return [rows[start : start + TRAIL_ROWS] for start in range(0, len(rows), TRAIL_ROWS)] or [[]]


def _who(actor: str, facts: dict[str, Any]) -> str:
    """`Ann (Approver)` for a person whose name is known, otherwise the trail's own word."""
    person = facts["audit_trail"]["people"].get(actor)
    if person is None:
        return actor
    return f"{person['name']} ({', '.join(person['roles'])})" if person["roles"] else str(person["name"])
