"""Experiments, logged runs, what they logged, and the models and files they wrote."""

from apps.tracking.models.experiments import Experiment, TrackingRun
from apps.tracking.models.logged import LoggedModel, RunOutput, TrackedFile
from apps.tracking.models.logs import LatestMetric, RunInput, RunMetric, RunParam, RunTag

__all__ = [
    "Experiment",
    "LatestMetric",
    "LoggedModel",
    "RunInput",
    "RunMetric",
    "RunOutput",
    "RunParam",
    "RunTag",
    "TrackedFile",
    "TrackingRun",
]
