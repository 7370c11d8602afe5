"""The API of models, their versions, imports and tuning runs."""

from apps.registry.api.recreations import RecreationViewSet
from apps.registry.api.viewsets import ImportViewSet, IntendedUseView, ModelViewSet, TuningViewSet, VersionViewSet

__all__ = ["ImportViewSet", "IntendedUseView", "ModelViewSet", "RecreationViewSet", "TuningViewSet", "VersionViewSet"]
