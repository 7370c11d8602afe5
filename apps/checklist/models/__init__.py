"""Assessments, answers, the evidence behind them, and sign-offs."""

from apps.checklist.models.answers import Answer, Evidence
from apps.checklist.models.assessments import Assessment
from apps.checklist.models.decisions import SignOff, Waiver
from apps.checklist.models.frameworks import FrameworkFile
from apps.checklist.models.library import EvidenceDocument, EvidenceVersion
from apps.checklist.models.policies import GatePolicy
from apps.checklist.models.work import Assignment, Discussion, Remark

__all__ = [
    "Answer",
    "Assessment",
    "Assignment",
    "Discussion",
    "Evidence",
    "EvidenceDocument",
    "EvidenceVersion",
    "FrameworkFile",
    "GatePolicy",
    "Remark",
    "SignOff",
    "Waiver",
]
