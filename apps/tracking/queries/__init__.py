"""Reading experiments, runs, logged models and their files, and who may see which."""

from apps.tracking.queries.experiments import (
    MISSING,
    experiment_named,
    experiment_seen,
    experiments_listed_for,
    experiments_seen_by,
    logged_model_seen,
    logged_models_seen_by,
    run_seen,
    runs_seen_by,
)
from apps.tracking.queries.files import (
    Entry,
    Taken,
    entries_in,
    file_at,
    files_of,
    files_of_source,
    folder_of,
    holder_seen,
)
from apps.tracking.queries.history import (
    MOST_READINGS,
    MOST_RUNS,
    metric_keys_of,
    readings_of,
    readings_sampled,
    with_logs,
)
from apps.tracking.queries.logged import OnDataset, logged_models_found, metrics_of_models
from apps.tracking.queries.search import (
    Found,
    experiments_found,
    experiments_named,
    page_of,
    runs_found,
)

__all__ = [
    "MISSING",
    "MOST_READINGS",
    "MOST_RUNS",
    "Entry",
    "Found",
    "OnDataset",
    "Taken",
    "entries_in",
    "experiment_named",
    "experiment_seen",
    "experiments_found",
    "experiments_listed_for",
    "experiments_named",
    "experiments_seen_by",
    "file_at",
    "files_of",
    "files_of_source",
    "folder_of",
    "holder_seen",
    "logged_model_seen",
    "logged_models_found",
    "logged_models_seen_by",
    "metric_keys_of",
    "metrics_of_models",
    "page_of",
    "readings_of",
    "readings_sampled",
    "run_seen",
    "runs_found",
    "runs_seen_by",
    "with_logs",
]
