"""Every write about experiments, logged runs, logged models and their files."""

from apps.tracking.services.experiments import (
    experiment_create,
    experiment_default,
    experiment_delete,
    experiment_rename,
    experiment_restore,
    experiment_tag_delete,
    experiment_tag_set,
)
from apps.tracking.services.files import tracked_file_store, tracked_files_remove
from apps.tracking.services.logged import (
    logged_model_create,
    logged_model_delete,
    logged_model_finish,
    logged_model_params_log,
    logged_model_tag_delete,
    logged_model_tags_set,
)
from apps.tracking.services.logs import (
    run_inputs_log,
    run_log,
    run_model_note,
    run_outputs_log,
    run_tag_delete,
)
from apps.tracking.services.runs import (
    tracking_run_create,
    tracking_run_delete,
    tracking_run_restore,
    tracking_run_update,
)

__all__ = [
    "experiment_create",
    "experiment_default",
    "experiment_delete",
    "experiment_rename",
    "experiment_restore",
    "experiment_tag_delete",
    "experiment_tag_set",
    "logged_model_create",
    "logged_model_delete",
    "logged_model_finish",
    "logged_model_params_log",
    "logged_model_tag_delete",
    "logged_model_tags_set",
    "run_inputs_log",
    "run_log",
    "run_model_note",
    "run_outputs_log",
    "run_tag_delete",
    "tracked_file_store",
    "tracked_files_remove",
    "tracking_run_create",
    "tracking_run_delete",
    "tracking_run_restore",
    "tracking_run_update",
]
