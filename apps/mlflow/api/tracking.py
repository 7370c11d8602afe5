"""Which door of experiments, runs, logged models and files answers at which address."""

from django.urls import URLPattern, path

from apps.mlflow.api import artifacts, experiments, logged_models, run_logs, runs
from apps.mlflow.api.wire import answers

# Below /api/2.0/mlflow/
tracking_paths: list[URLPattern] = [
    path("experiments/create", answers(POST=experiments.experiment_create)),
    path("experiments/search", answers(GET=experiments.experiment_search, POST=experiments.experiment_search)),
    path("experiments/get", answers(GET=experiments.experiment_get)),
    path("experiments/get-by-name", answers(GET=experiments.experiment_get_by_name)),
    path("experiments/delete", answers(POST=experiments.experiment_delete)),
    path("experiments/restore", answers(POST=experiments.experiment_restore)),
    path("experiments/update", answers(POST=experiments.experiment_update)),
    path("experiments/set-experiment-tag", answers(POST=experiments.experiment_tag_set)),
    path("experiments/delete-experiment-tag", answers(POST=experiments.experiment_tag_delete)),
    path("runs/create", answers(POST=runs.run_create)),
    path("runs/get", answers(GET=runs.run_get)),
    path("runs/update", answers(POST=runs.run_update)),
    path("runs/delete", answers(POST=runs.run_delete)),
    path("runs/restore", answers(POST=runs.run_restore)),
    path("runs/search", answers(POST=runs.run_search)),
    path("runs/log-metric", answers(POST=run_logs.metric_log)),
    path("runs/log-parameter", answers(POST=run_logs.param_log)),
    path("runs/log-batch", answers(POST=run_logs.batch_log)),
    path("runs/set-tag", answers(POST=run_logs.tag_set)),
    path("runs/delete-tag", answers(POST=run_logs.tag_delete)),
    path("runs/log-inputs", answers(POST=run_logs.inputs_log)),
    path("runs/outputs", answers(POST=run_logs.outputs_log)),
    path("runs/log-model", answers(POST=run_logs.model_note)),
    path("metrics/get-history", answers(GET=run_logs.metric_history)),
    path("metrics/get-history-bulk", answers(GET=run_logs.metric_history_bulk)),
    path("metrics/get-history-bulk-interval", answers(GET=run_logs.metric_history_interval)),
    path("artifacts/list", answers(GET=artifacts.run_files)),
    path("logged-models", answers(POST=logged_models.logged_model_create)),
    path("logged-models/search", answers(POST=logged_models.logged_model_search)),
    path(
        "logged-models/<str:model_id>",
        answers(
            GET=logged_models.logged_model_get,
            PATCH=logged_models.logged_model_finish,
            DELETE=logged_models.logged_model_delete,
        ),
    ),
    path("logged-models/<str:model_id>/params", answers(POST=logged_models.logged_model_params)),
    path("logged-models/<str:model_id>/tags", answers(PATCH=logged_models.logged_model_tags)),
    path("logged-models/<str:model_id>/tags/<path:tag_key>", answers(DELETE=logged_models.logged_model_tag_delete)),
    path("logged-models/<str:model_id>/artifacts/directories", answers(GET=logged_models.logged_model_files)),
]

# Below /api/2.0/mlflow-artifacts/
artifact_paths: list[URLPattern] = [
    path("artifacts", answers(GET=artifacts.files_list)),
    path(
        "artifacts/<path:path>",
        answers(GET=artifacts.file_read, PUT=artifacts.file_write, DELETE=artifacts.file_delete),
    ),
    path("mpu/create/<path:path>", answers(POST=artifacts.parts)),
    path("mpu/complete/<path:path>", answers(POST=artifacts.parts)),
    path("mpu/abort/<path:path>", answers(POST=artifacts.parts)),
    path("presigned/<path:path>", answers(GET=artifacts.presigned)),
]
