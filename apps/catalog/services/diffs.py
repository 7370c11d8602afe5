"""Comparing dataset versions row by row."""

import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import WORKER, record
from apps.catalog.models import Dataset, DatasetVersion, DiffRun
from apps.catalog.queries.diffs import STEP, diff_of
from apps.catalog.queries.rows.comparison import Comparison, Counted, Difference
from apps.catalog.queries.rows.connection import opened
from apps.catalog.queries.rows.files import table_of
from apps.catalog.rules.diffs import CHANGED, KINDS, key_candidates
from apps.core import rules as run_rules
from apps.core import storage
from apps.core.canonical import digest_of
from apps.core.errors import Conflict, Invalid
from apps.core.queue import enqueue

METHOD_BY_KEY = "Rows of the same key were held against each other, column by column, as they stand in the two files."
METHOD_BY_CONTENT = (
    "No column names a row in both versions, so rows were counted by content (SHA-256 of their values): a row that "
    "changed appears as one removed and one added."
)


@transaction.atomic
def diff_start(*, by: User, before: DatasetVersion, after: DatasetVersion, key: Sequence[str] = ()) -> DiffRun:
    """Queue the comparison of two versions, or give the one that is there: neither version will ever change.

    `key` names the columns that tell rows apart; without it, those of the dataset, or a column called id, key or uuid
    whose values are unique, or none. Raises Invalid for the same version twice and for columns that one lacks.
    A comparison that is there is given to everybody who sees both versions; beginning one takes a worker's time, which
    auditors, who only read, cannot ask for.
    """
    _require_seen(by, before, after)
    if before.pk == after.pk:
        raise Invalid("These are the same version.", code="diff.same", remedy="Choose two different ones.")
    _check_key(key, before, after)
    Dataset.objects.select_for_update().get(pk=after.dataset_id)  # two starts at once make one comparison
    known = diff_of(before, after, key)
    if known is not None and known.state in (*run_rules.OPEN, run_rules.SUCCEEDED):
        return known
    require(by, "diff.start", after.team_id, shared=after.dataset)
    run = DiffRun.objects.create(
        team_id=after.team_id,
        before=before,
        after=after,
        key_columns=list(key) or list(after.dataset.key_columns),
        config={"key": list(key)},
        created_by=by,
    )
    record(action="diff.start", obj=run, by=by, data={"before": before.digest, "after": after.digest})
    enqueue(run)
    return run


def _require_seen(by: User, before: DatasetVersion, after: DatasetVersion) -> None:
    for version in (before, after):
        require(by, "team.view", version.team_id, shared=version.dataset)


def _check_key(key: Sequence[str], before: DatasetVersion, after: DatasetVersion) -> None:
    for version in (before, after):
        missing = sorted(set(key) - {column["name"] for column in version.columns})
        if missing:
            raise Invalid(
                f"{version} has no column called “{missing[0]}”.",
                code="diff.key",
                remedy="Name columns that both versions have, or none.",
            )


def diff_make(*, run: DiffRun, on_progress: Callable[[float, str], None]) -> None:
    """Compare the two versions of a claimed run and store every difference as a file of JSON Lines.

    Whoever asked for it is asked once more whether they may: roles may have ended while the run waited.
    """
    _require_seen(run.created_by, run.before, run.after)
    require(run.created_by, "diff.start", run.team_id, shared=run.after.dataset)
    on_progress(0.01, "Reading the rows of both versions")
    before, after = table_of(run.before), table_of(run.after)
    with opened(before.path, after.path) as connection:
        comparison = Comparison(connection, before, after)
        if not comparison.pairs:
            raise Conflict("The two versions have no column in common, so no row can be held against another.")
        on_progress(0.2, "Looking for columns that name a row")
        keys = _key_of(run, comparison)
        on_progress(0.3, "Comparing")
        counted = comparison.count(keys)
        on_progress(0.6, "Writing what differs")
        rows = comparison.differences(lambda share: on_progress(0.6 + 0.39 * share, "Writing what differs"))
        stored, index, columns, changed = _stored(rows)
    counted = replace(counted, changed=changed)
    _finish(run, _result(run, keys, counted, columns) | {"index": index, "rows_file": stored}, keys)


def _key_of(run: DiffRun, comparison: Comparison) -> list[str]:
    for names in key_candidates(run.key_columns, run.before.columns, run.after.columns):
        if run.key_columns or comparison.is_unique(names):
            return names
    return []


def _stored(differences: Iterable[Difference]) -> tuple[str, dict[str, list[int]], dict[str, int], int]:
    """The digest of the file that lists every difference, where each hundredth line begins, and changes by column and
    in all."""
    with tempfile.NamedTemporaryFile(dir=settings.WORK_DIR, suffix=".jsonl") as file:
        index, columns, changed = _written(differences, file)
        file.flush()
        return storage.put_path(Path(file.name)).digest, index, columns, changed


def _written(differences: Iterable[Difference], file: IO[bytes]) -> tuple[dict[str, list[int]], dict[str, int], int]:
    index: dict[str, list[int]] = {kind: [] for kind in KINDS}
    seen = dict.fromkeys(KINDS, 0)
    columns: dict[str, int] = {}
    offset = 0
    for found in differences:
        if seen[found.kind] % STEP == 0:
            index[found.kind].append(offset)
        seen[found.kind] += 1
        for name in found.columns:
            columns[name] = columns.get(name, 0) + 1
        offset += file.write(json.dumps(_line(found), ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return index, columns, seen[CHANGED]


def _line(found: Difference) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "before_row": found.before_row,
        "after_row": found.after_row,
        "columns": list(found.columns),
        "before": found.before,
        "after": found.after,
    }


def _result(run: DiffRun, keys: list[str], counted: Counted, columns: dict[str, int]) -> dict[str, Any]:
    facts = {
        "method": METHOD_BY_KEY if keys else METHOD_BY_CONTENT,
        "key_columns": keys,
        "before_digest": run.before.digest,
        "after_digest": run.after.digest,
        "added": counted.added,
        "removed": counted.removed,
        "changed": counted.changed,
        "unchanged": run.after.rows - counted.added - counted.changed,
        "repeated_keys": counted.repeated_keys,
        "columns": columns,
    }
    return facts | {"digest": digest_of(facts)}


@transaction.atomic
def _finish(run: DiffRun, result: dict[str, Any], keys: list[str]) -> None:
    stored = result.pop("rows_file")
    run.end(run_rules.SUCCEEDED, result=result, rows_file=stored, key_columns=keys, message="Comparison finished")
    facts = {name: result[name] for name in ("added", "removed", "changed", "digest")}
    record(action="diff.finish", obj=run, by=WORKER, data=facts | {"rows_file": stored})
