"""The API of frameworks, assessments, answers and sign-offs."""

from apps.checklist.api.answer_files import AssessmentFilesViewSet
from apps.checklist.api.controls import RiskControlViewSet
from apps.checklist.api.frameworks import AssessmentUpgradeViewSet, FrameworkViewSet
from apps.checklist.api.gates import AssessmentGateViewSet, GatePolicyViewSet, VersionGateView
from apps.checklist.api.library import AssessmentCitationViewSet, EvidenceDocumentViewSet, EvidenceVersionViewSet
from apps.checklist.api.matrix import AssessmentMatrixViewSet
from apps.checklist.api.quality import AssessmentQualityViewSet
from apps.checklist.api.viewsets import AssessmentViewSet
from apps.checklist.api.work import AssessmentWorkViewSet, AssignmentViewSet

__all__ = [
    "AssessmentFilesViewSet",
    "AssessmentCitationViewSet",
    "EvidenceDocumentViewSet",
    "EvidenceVersionViewSet",
    "AssessmentMatrixViewSet",
    "AssessmentGateViewSet",
    "GatePolicyViewSet",
    "AssessmentQualityViewSet",
    "AssessmentUpgradeViewSet",
    "AssessmentViewSet",
    "AssessmentWorkViewSet",
    "AssignmentViewSet",
    "FrameworkViewSet",
    "RiskControlViewSet",
    "VersionGateView",
]
