"""Readings of metrics on their way into the table: the one place where a thousand rows come in one call."""

from collections.abc import Sequence

from django.db import connection

from apps.tracking.rules.values import Reading

# One array for each column: PostgreSQL is handed nine values, however many rows they are.
_POSTGRESQL = """
    INSERT INTO tracking_runmetric
        (run_id, "key", value, is_nan, "timestamp", step, model_id, dataset_name, dataset_digest)
    SELECT %s, * FROM unnest(
        %s::varchar[], %s::float8[], %s::boolean[], %s::int8[], %s::int8[], %s::varchar[], %s::varchar[], %s::varchar[]
    ) ON CONFLICT DO NOTHING
"""
_SQLITE = """
    INSERT INTO tracking_runmetric
        (run_id, "key", value, is_nan, "timestamp", step, model_id, dataset_name, dataset_digest)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


def readings_insert(run: int, metrics: Sequence[Reading]) -> None:
    """Keep readings of the run with this id; one that is there already is passed over. A step of `run_log`."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            keys, values, *rest = (list(column) for column in zip(*metrics, strict=True))
            cursor.execute(_POSTGRESQL, [run, keys, [float(value) for value in values], *rest])
        else:
            cursor.executemany(_SQLITE, [(run, *reading) for reading in metrics])
