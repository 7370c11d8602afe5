"""What can be decided about a checklist without a database: frameworks, ways of knowing, staleness, and the gate."""

from apps.checklist.rules.evidence import EvidenceView
from apps.checklist.rules.findings import COLLECTORS, Finding, Known
from apps.checklist.rules.frameworks import Framework, FrameworkInvalid, Group, Question, Section, framework_from, told
from apps.checklist.rules.gate import gate_of, problems_of
from apps.checklist.rules.problems import Gate, GateItem
from apps.checklist.rules.status import (
    APPROVED,
    DECLARED,
    IMPORTED,
    MEASURED,
    NOT_APPLICABLE,
    OPEN,
    REFUSED,
    STATED,
    STATES,
    STATUSES,
    SUBMITTED,
    UNKNOWN,
    answer_status,
    is_strong_enough,
    strongest,
    weakest,
)
from apps.checklist.rules.views import (
    AnswerView,
    AssessmentView,
    GroupView,
    QuestionView,
    SignOffView,
)
from apps.checklist.rules.waivers import EXPIRED, IN_FORCE, MOST_DAYS, REVOKED, WaiverView, waiver_state

__all__ = [
    "APPROVED",
    "COLLECTORS",
    "DECLARED",
    "IMPORTED",
    "MEASURED",
    "NOT_APPLICABLE",
    "OPEN",
    "REFUSED",
    "STATED",
    "STATES",
    "STATUSES",
    "SUBMITTED",
    "UNKNOWN",
    "AnswerView",
    "AssessmentView",
    "EvidenceView",
    "Finding",
    "Framework",
    "FrameworkInvalid",
    "Gate",
    "GateItem",
    "Group",
    "GroupView",
    "Known",
    "Question",
    "QuestionView",
    "Section",
    "SignOffView",
    "WaiverView",
    "EXPIRED",
    "IN_FORCE",
    "MOST_DAYS",
    "REVOKED",
    "waiver_state",
    "answer_status",
    "framework_from",
    "gate_of",
    "is_strong_enough",
    "problems_of",
    "strongest",
    "told",
    "weakest",
]
