"""The Celery doors of data. Celery looks for this module, so each door is imported here."""

from apps.catalog.tasks.commits import commit
from apps.catalog.tasks.diffs import compare
from apps.catalog.tasks.sweeps import sweep_chunks
from apps.catalog.tasks.uploads import sweep_uploads

__all__ = ["commit", "compare", "sweep_chunks", "sweep_uploads"]
