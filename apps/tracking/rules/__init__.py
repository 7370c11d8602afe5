"""The states of logged runs and models in the words of MLflow's protocol, and what may be logged of them."""

ACTIVE, DELETED = "active", "deleted"
LIFECYCLES = {ACTIVE: "Active", DELETED: "Deleted"}
ALL = "all"
VIEWS = {"ACTIVE_ONLY": ACTIVE, "DELETED_ONLY": DELETED, "ALL": ALL, "1": ACTIVE, "2": DELETED, "3": ALL}

RUNNING, SCHEDULED, FINISHED, FAILED, KILLED = "RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"
RUN_STATES = {
    RUNNING: "Running",
    SCHEDULED: "Scheduled",
    FINISHED: "Finished",
    FAILED: "Failed",
    KILLED: "Killed",
}
ENDED = frozenset({FINISHED, FAILED, KILLED})

PENDING, READY, UPLOAD_FAILED = "LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"
LOGGED_STATES = {PENDING: "Being uploaded", READY: "Ready", UPLOAD_FAILED: "Upload failed"}

DEFAULT_EXPERIMENT = "Default"
DEFAULT_EXPERIMENT_ID = "0"  # what clients send that were told of no experiment

# Tags that clients keep in step with a column, or that mean something here.
NAME_TAG, LOGGED_MODELS_TAG, CONTEXT_TAG = "mlflow.runName", "mlflow.log-model.history", "mlflow.data.context"

# Of mlflow/utils/validation.py: clients cut their batches to these.
MOST_METRICS, MOST_PARAMS, MOST_TAGS, MOST_ENTITIES = 1000, 100, 100, 1000
MOST_DATASETS = 1000
LONGEST_NAME, LONGEST_KEY, LONGEST_PARAM, LONGEST_TAG = 500, 250, 6000, 8000
LONGEST_EXPERIMENT_TAG, LONGEST_MODEL_HISTORY = 20_000, 1_000_000
