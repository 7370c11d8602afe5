"""Reading comparisons: which there are, and their differences a page at a time."""

import json
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from apps.accounts.queries import shared_ids, team_ids_seen_by
from apps.catalog.models import Dataset, DatasetVersion, DiffRun
from apps.catalog.queries.datasets import MISSING
from apps.catalog.rules.diffs import KINDS
from apps.core import storage
from apps.core.errors import NotFound
from apps.core.rules import OPEN, SUCCEEDED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

STEP = 100  # differences between two places of the index


def diffs_seen_by(user: "User | AnonymousUser") -> QuerySet[DiffRun]:
    """Comparisons of which the person sees both versions."""
    teams, shared = team_ids_seen_by(user), shared_ids(user, Dataset)
    before = Q(before__team_id__in=teams) | Q(before__dataset_id__in=shared)
    after = Q(after__team_id__in=teams) | Q(after__dataset_id__in=shared)
    return DiffRun.objects.filter(before, after).select_related("before__dataset", "after__dataset", "created_by")


def diff_seen(user: "User | AnonymousUser", pk: int) -> DiffRun:
    """One comparison. Raises NotFound when it is not there or not to be seen."""
    found = diffs_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def diff_of(before: DatasetVersion, after: DatasetVersion, keys: Sequence[str] | None = None) -> DiffRun | None:
    """The comparison of this pair that counts: the newest that succeeded or is at work, else the newest; or None.

    `keys`: only one that was asked to use these columns; None: whatever columns it used.
    """
    runs = DiffRun.objects.filter(before=before, after=after).defer("log").order_by("-pk")
    wanted = [run for run in runs[:50] if keys is None or run.config.get("key", []) == list(keys)]
    held = (run for run in wanted if run.state in (*OPEN, SUCCEEDED))
    return next(held, wanted[0] if wanted else None)


def differences_of(run: DiffRun, kind: str, start: int, count: int) -> list[dict[str, Any]]:
    """The differences of one kind from number `start` on, as the stored file tells them."""
    result = run.result or {}
    total = min(int(result.get(kind, 0)), start + count) if kind in KINDS else 0
    if start >= total or not run.rows_file:
        return []
    with storage.local_path(run.rows_file).open("rb") as stream:
        stream.seek(result["index"][kind][start // STEP])
        lines = islice(stream, start % STEP, start % STEP + total - start)
        return [json.loads(line) for line in lines]
