"""Readings of metrics on their way into the tables: the one place where a thousand rows come in one call."""

from collections.abc import Iterable, Sequence

from django.db import connection

from apps.core.statements import prepared_cursor
from apps.tracking.rules.values import Reading

_KEPT = """
    INSERT INTO tracking_runmetric
        (run_id, "key", value, is_nan, "timestamp", step, model_id, dataset_name, dataset_digest)
"""
_LATEST = """
    INSERT INTO tracking_latestmetric AS have (run_id, "key", value, is_nan, "timestamp", step)
"""
# A later reading takes the place of the one before; what decides is `Reading.rank`.
_LATER = """
    ON CONFLICT (run_id, "key") DO UPDATE SET
        value = excluded.value, is_nan = excluded.is_nan, "timestamp" = excluded."timestamp", step = excluded.step
    WHERE (excluded.step, excluded."timestamp", excluded.value) > (have.step, have."timestamp", have.value)
"""
# One array for each column: PostgreSQL is handed nine values, however many rows they are, and keeps both tables.
_POSTGRESQL = f"""
    WITH given AS (
        SELECT * FROM unnest(
            %s::varchar[], %s::float8[], %s::boolean[], %s::int8[], %s::int8[], %s::varchar[], %s::varchar[],
            %s::varchar[]
        ) WITH ORDINALITY
        AS given("key", value, is_nan, "timestamp", step, model_id, dataset_name, dataset_digest, place)
    ), kept AS (
        {_KEPT} SELECT %s, "key", value, is_nan, "timestamp", step, model_id, dataset_name, dataset_digest FROM given
        ON CONFLICT (run_id, "key", "timestamp", step, value, is_nan, model_id) DO NOTHING
    )
    {_LATEST} SELECT DISTINCT ON ("key") %s, "key", value, is_nan, "timestamp", step FROM given
    ORDER BY "key", step DESC, "timestamp" DESC, value DESC, place {_LATER}
"""  # noqa: S608
_SQLITE_KEPT = f"{_KEPT} VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
_SQLITE_LATEST = f"{_LATEST} VALUES (%s, %s, %s, %s, %s, %s) {_LATER}"


def readings_insert(run: int, metrics: Sequence[Reading]) -> None:
    """Keep readings of the run with this id, and the last one of each metric. A step of `run_log`.

    A reading that is there already is passed over.
    """
    if connection.vendor == "postgresql":
        _insert_at_once(run, metrics)
        return
    with connection.cursor() as cursor:
        cursor.executemany(_SQLITE_KEPT, [(run, *reading) for reading in metrics])
        cursor.executemany(_SQLITE_LATEST, [(run, *reading[:5]) for reading in metrics])


def _insert_at_once(run: int, metrics: Sequence[Reading]) -> None:
    keys, values, nans, times, steps, *words = zip(*metrics, strict=True)
    numbers = [_numbers(column) for column in (map(float, values), nans, times, steps)]
    with prepared_cursor() as cursor:
        cursor.execute(_POSTGRESQL, [_texts(keys), *numbers, *map(_texts, words), run, run])


def _numbers(values: Iterable[float]) -> str:
    """Numbers or truths as PostgreSQL reads an array. Its driver would write each with a call of its own."""
    return f"{{{','.join(map(repr, values))}}}"


def _texts(values: Iterable[str]) -> str:
    """Texts as PostgreSQL reads an array: each in quotes, with a backslash before quotes and backslashes."""
    quoted = ",".join('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return f"{{{quoted}}}"
