"""What MLflow's servers bring: the history of another one."""

from apps.mlflow.services.history import history_import, history_request, history_start

__all__ = ["history_import", "history_request", "history_start"]
