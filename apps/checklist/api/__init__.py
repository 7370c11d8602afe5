"""The API of frameworks, assessments, answers and sign-offs."""

from apps.checklist.api.controls import RiskControlViewSet
from apps.checklist.api.frameworks import AssessmentUpgradeViewSet, FrameworkViewSet
from apps.checklist.api.viewsets import AssessmentViewSet, VersionGateView

__all__ = ["AssessmentUpgradeViewSet", "AssessmentViewSet", "FrameworkViewSet", "RiskControlViewSet", "VersionGateView"]
