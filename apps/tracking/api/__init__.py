"""The API of experiments, logged runs and logged models."""

from apps.tracking.api.experiments import ExperimentViewSet
from apps.tracking.api.logged_models import LoggedModelViewSet
from apps.tracking.api.runs import TrackingRunViewSet

__all__ = ["ExperimentViewSet", "LoggedModelViewSet", "TrackingRunViewSet"]
