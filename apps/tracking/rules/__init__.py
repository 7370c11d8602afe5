"""The states of logged runs and models, in the words that MLflow's protocol uses."""

ACTIVE, DELETED = "active", "deleted"
LIFECYCLES = {ACTIVE: "Active", DELETED: "Deleted"}

RUNNING, SCHEDULED, FINISHED, FAILED, KILLED = "RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"
RUN_STATES = {
    RUNNING: "Running",
    SCHEDULED: "Scheduled",
    FINISHED: "Finished",
    FAILED: "Failed",
    KILLED: "Killed",
}

PENDING, READY, UPLOAD_FAILED = "LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"
LOGGED_STATES = {PENDING: "Being uploaded", READY: "Ready", UPLOAD_FAILED: "Upload failed"}

DEFAULT_EXPERIMENT = "Default"
