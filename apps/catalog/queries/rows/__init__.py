"""The rows of a commit: read as columns by DuckDB, counted, searched, paged and compared."""

from apps.catalog.queries.rows.statistics import statistics_of

__all__ = ["statistics_of"]
