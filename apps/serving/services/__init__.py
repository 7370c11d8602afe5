"""Every write about deployments, and taking versions and models out of use while nothing serves them."""

from apps.serving.services.deployments import (
    application_acknowledge,
    application_add,
    deployment_ask,
    deployment_start,
    deployment_stop,
    serving_block,
    serving_finish,
    serving_hand_over,
    serving_ready,
)
from apps.serving.services.removals import model_remove, version_remove

__all__ = [
    "application_acknowledge",
    "application_add",
    "deployment_ask",
    "deployment_start",
    "deployment_stop",
    "model_remove",
    "serving_block",
    "serving_finish",
    "serving_hand_over",
    "serving_ready",
    "version_remove",
]
