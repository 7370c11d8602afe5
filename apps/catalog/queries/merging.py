"""What a merge of two versions would make of each row, worked out by three comparisons of whole tables."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from apps.accounts.queries import shared_ids, team_ids_seen_by
from apps.catalog.models import CommitRun, Dataset, DatasetVersion
from apps.catalog.queries.rows.comparison import Comparison, Difference
from apps.catalog.queries.rows.connection import opened
from apps.catalog.queries.rows.files import table_of
from apps.catalog.rules.diffs import REMOVED, key_candidates
from apps.catalog.rules.merging import (
    APPEND,
    CLASHES,
    COMBINE,
    DROP,
    KEEP,
    SKIP,
    TAKE,
    Changed,
    Decision,
    decide,
    key_text,
    resolved,
    schema_faults,
)
from apps.core import storage
from apps.core.errors import Conflict

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST_SHOWN = 100  # clashes that a preview or a run's own result names; the stored file names all
OnShare = Callable[[float, str], None]


@dataclass(frozen=True)
class Three:
    """The two versions to merge and the newest that both came from."""

    base: DatasetVersion
    ours: DatasetVersion
    theirs: DatasetVersion


@dataclass(frozen=True)
class Clash:
    """One row that somebody has to decide on. Rows are numbered from 0; values are those of the clashing columns."""

    kind: str
    key: tuple[str | None, ...]
    ours_row: int | None
    theirs_row: int | None
    columns: tuple[str, ...]
    ours: dict[str, Any] | None
    theirs: dict[str, Any] | None


@dataclass
class Plan:
    """Our rows that do not stay as they are, by number; the numbers of their rows that are added; and what clashes.

    A row stands with what is done to it, the number of the row of theirs, and the columns that come from there.
    """

    key_columns: list[str]
    rows: dict[int, tuple[str, int | None, tuple[str, ...]]] = field(default_factory=dict)
    appended: list[int] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)

    def counted(self) -> dict[str, int]:
        """How many rows the merge changes, takes out and adds, seen from our branch."""
        actions = [action for action, _, _ in self.rows.values()]
        return {
            "changed": actions.count(TAKE) + actions.count(COMBINE),
            "combined": actions.count(COMBINE),
            "removed": actions.count(DROP),
            "added": len(self.appended),
        }


def merge_plan(
    three: Three, *, prefer: str = "", choices: Mapping[tuple[str | None, ...], str], on_share: OnShare
) -> Plan:
    """Work out the merge. Clashes that neither `choices` (by key) nor `prefer` settles stay in the plan.

    Raises Conflict where the two are of different formats or schemas, or where the dataset's key columns name a row
    twice.
    """
    _require_alike(three.ours, three.theirs)
    on_share(0.05, "Looking for columns that name a row")
    keys = _keys(three)
    on_share(0.15, "Comparing this branch with the common origin")
    ours = _changes(three.base, three.ours, keys)
    on_share(0.35, "Comparing the other branch with the common origin")
    theirs = _changes(three.base, three.theirs, keys)
    on_share(0.55, "Comparing the two branches")
    plan = Plan(keys)
    for found in _differences(three.ours, three.theirs, keys):
        _take(plan, found, ours, theirs, prefer, choices)
    return plan


def clash_told(clash: Clash) -> dict[str, Any]:
    """A clash with the key and the values, for people who may read the rows."""
    return asdict(clash) | {"why": CLASHES[clash.kind]}


def plan_told(plan: Plan | None) -> dict[str, Any]:
    """What a merge would do, for people who may read the rows; None: the branch would just move on."""
    known = plan or Plan([])
    clashes = {"total": len(known.clashes), "results": [clash_told(clash) for clash in known.clashes[:MOST_SHOWN]]}
    return {"moves_on": plan is None, "key_columns": known.key_columns, "conflicts": clashes} | known.counted()


def commits_seen_by(user: "User | AnonymousUser") -> QuerySet[CommitRun]:
    """Runs that end in a version of a dataset that the person sees."""
    seen = Q(team_id__in=team_ids_seen_by(user)) | Q(dataset_id__in=shared_ids(user, Dataset))
    return CommitRun.objects.filter(seen).select_related("dataset", "version__dataset", "created_by")


def clashes_of(run: CommitRun, start: int, count: int) -> dict[str, Any]:
    """The clashing rows that stopped a merge, with keys and values, from number `start` on."""
    result = run.result or {}
    file = result.get("conflicts_file", "")
    if not file:
        return {"total": 0, "results": []}
    with storage.open(file) as stream:
        lines = list(islice(stream, start, start + count))
    return {"total": result["conflicts_total"], "results": [json.loads(line) for line in lines]}


def _require_alike(ours: DatasetVersion, theirs: DatasetVersion) -> None:
    if ours.format != theirs.format:
        raise Conflict(
            f"Version {ours.number} is {ours.format} and version {theirs.number} is {theirs.format}.",
            code="merge.format",
            remedy="Commit both branches in the same format first.",
        )
    if faults := schema_faults(ours.columns, theirs.columns, ours.format):
        more = f" And {len(faults) - 5} more." if len(faults) > 5 else ""
        raise Conflict(
            f"The two branches have different columns. {' '.join(faults[:5])}{more}",
            code="merge.schema",
            remedy="Commit the same columns on both branches first, then merge.",
        )


def _keys(three: Three) -> list[str]:
    """The columns that name a row in all three versions; none: rows are told apart by content."""
    chosen = three.ours.dataset.key_columns
    for names in key_candidates(chosen, three.base.columns, three.ours.columns):
        if all(_is_unique(three.base, version, names) for version in (three.ours, three.theirs)):
            return names
        if chosen:
            raise Conflict(
                f"The key columns ({', '.join(names)}) are empty somewhere or name several rows.",
                code="merge.key",
                remedy="Choose other key columns for this dataset, or make the keys unique.",
            )
    return []


def _is_unique(before: DatasetVersion, after: DatasetVersion, names: Sequence[str]) -> bool:
    old, new = table_of(before), table_of(after)
    with opened(old.path, new.path) as connection:
        return Comparison(connection, old, new).is_unique(names)


def _changes(base: DatasetVersion, side: DatasetVersion, keys: Sequence[str]) -> dict[int, Changed]:
    """The side's rows that the base has not or has otherwise, by number, with the columns that differ."""
    known: dict[Changed, Changed] = {}  # few sets of columns recur over many rows
    changes: dict[int, Changed] = {}
    for found in _differences(base, side, keys):
        if found.kind != REMOVED and found.after_row is not None:
            columns = found.columns if found.before_row is not None else None
            changes[found.after_row] = known.setdefault(columns, columns)
    return changes


def _differences(before: DatasetVersion, after: DatasetVersion, keys: Sequence[str]) -> Iterator[Difference]:
    if before.pk == after.pk:
        return
    old, new = table_of(before), table_of(after)
    with opened(old.path, new.path) as connection:
        comparison = Comparison(connection, old, new)
        comparison.count(keys)
        yield from comparison.differences(lambda share: None)


def _take(
    plan: Plan,
    found: Difference,
    ours: Mapping[int, Changed],
    theirs: Mapping[int, Changed],
    prefer: str,
    choices: Mapping[tuple[str | None, ...], str],
) -> None:
    mine, other = found.before_row, found.after_row
    decision = decide(
        found.kind,
        found.columns,
        () if mine is None else ours.get(mine, ()),
        () if other is None else theirs.get(other, ()),
    )
    if decision.clash:
        key = key_text([(found.before or found.after or {}).get(name) for name in plan.key_columns])
        if take := choices.get(key, prefer):
            decision = resolved(decision, take, found.columns)
        else:
            plan.clashes.append(_clash(found, decision, key))
            return
    if decision.action == APPEND and other is not None:
        plan.appended.append(other)
    elif decision.action not in (KEEP, SKIP) and mine is not None:
        plan.rows[mine] = (decision.action, other, decision.columns)


def _clash(found: Difference, decision: Decision, key: tuple[str | None, ...]) -> Clash:
    def cells(row: dict[str, Any] | None) -> dict[str, Any] | None:
        return None if row is None else {name: row.get(name) for name in decision.clashing}

    mine, other = cells(found.before), cells(found.after)
    return Clash(decision.clash, key, found.before_row, found.after_row, decision.clashing, mine, other)
