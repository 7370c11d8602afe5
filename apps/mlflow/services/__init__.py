"""What MLflow's clients and servers ask for or bring."""

from apps.mlflow.services.history import history_import, history_start
from apps.mlflow.services.removals import model_remove, version_remove

__all__ = ["history_import", "history_start", "model_remove", "version_remove"]
