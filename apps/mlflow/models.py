"""Imports of whole histories from other tracking servers."""

from django.db import models

from apps.accounts.models import Team, User
from apps.core import queue
from apps.core.models import Run
from apps.mlflow.rules import counts_of


class HistoryImport(Run):
    """One import of experiments, runs and models from an MLflow tracking server; its result is the report."""

    kind = "mlflow_import"
    job = queue.IMPORT_HISTORY

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=300, help_text="of the server, without name and password")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    @property
    def counts(self) -> list[tuple[str, int, int | None]]:
        """What came and what was here already, kind by kind."""
        return counts_of(self.result or {})
