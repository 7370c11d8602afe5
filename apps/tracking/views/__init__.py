"""The pages of experiments, logged runs and logged models."""

from apps.tracking.views.experiments import (
    experiment_create_view,
    experiment_delete_view,
    experiment_detail,
    experiment_list,
    experiment_rename_view,
    experiment_restore_view,
)
from apps.tracking.views.runs import (
    compare,
    logged_model_detail,
    run_delete_view,
    run_detail,
    run_rename_view,
    run_restore_view,
)

__all__ = [
    "compare",
    "experiment_create_view",
    "experiment_delete_view",
    "experiment_detail",
    "experiment_list",
    "experiment_rename_view",
    "experiment_restore_view",
    "logged_model_detail",
    "run_delete_view",
    "run_detail",
    "run_rename_view",
    "run_restore_view",
]
