"""The API of frameworks, assessments, answers and sign-offs."""

from apps.checklist.api.viewsets import AssessmentViewSet, FrameworkViewSet, VersionGateView

__all__ = ["AssessmentViewSet", "FrameworkViewSet", "VersionGateView"]
