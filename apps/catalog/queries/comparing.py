"""The page that holds two versions against each other."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator

from apps.catalog.models import DatasetVersion, DiffRun
from apps.catalog.queries.diffs import diff_of, differences_of
from apps.catalog.queries.rows.figures import statistics_for
from apps.catalog.queries.rows.masking import Sight, masked_rows, sight_of
from apps.catalog.rules.diffs import CHANGED, KINDS, Part, shortened, words_apart
from apps.catalog.rules.statistics import schema_change, statistics_change

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

PAGE = 20


@dataclass(frozen=True)
class Beside:
    """One column of a row, before and after, in pieces; the other side's are marked."""

    name: str
    before: list[Part]
    after: list[Part]


@dataclass(frozen=True)
class ShownDifference:
    """One row that differs: what it is known by, and its columns; the unchanged ones of a changed row apart."""

    kind: str
    before_row: int | None
    after_row: int | None
    key: list[tuple[str, str]]
    columns: list[Beside]
    same: list[Beside]


@dataclass(frozen=True)
class DiffPage:
    """What the page shows: the schema's and the figures' change at once, the rows' once they were compared."""

    before: DatasetVersion
    after: DatasetVersion
    schema: list[dict[str, str]]
    figures: list[dict[str, Any]]
    run: DiffRun | None
    kind: str
    counts: list[tuple[str, str, int]]
    differences: list[ShownDifference]
    page: Page[int]
    may_read_raw: bool
    reason: str


def diff_page(
    user: "User | AnonymousUser",
    before: DatasetVersion,
    after: DatasetVersion,
    *,
    kind: str = "",
    number: int = 1,
    chosen: int | None = None,
) -> DiffPage:
    """Two versions that the person sees, side by side; `kind` and `number` choose the page of differences, and
    `chosen` the comparison, where several were made by different keys.
    """
    run = DiffRun.objects.filter(before=before, after=after, pk=chosen).first() if chosen else diff_of(before, after)
    result = (run.result or {}) if run and run.state == DiffRun.State.SUCCEEDED else {}
    kind = kind if kind in KINDS else next((name for name in KINDS if result.get(name)), CHANGED)
    page: Page[int] = Paginator(range(int(result.get(kind, 0))), PAGE).get_page(number)
    sights = (sight_of(user, before), sight_of(user, after))
    items = differences_of(run, kind, (page.number - 1) * PAGE, PAGE) if run and result else []
    return DiffPage(
        before=before,
        after=after,
        schema=schema_change(before.columns, after.columns),
        figures=statistics_change(statistics_for(user, before), statistics_for(user, after)),
        run=run,
        kind=kind,
        counts=[(name, label, int(result.get(name, 0))) for name, label in KINDS.items()] if result else [],
        differences=differences_shown(sights, items, result.get("key_columns", [])),
        page=page,
        may_read_raw=all(sight.may_read_raw for sight in sights),
        reason=sights[0].reason or sights[1].reason,
    )


def differences_masked(sights: tuple[Sight, Sight], items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Differences with the rows of both sides as the person may see them."""
    sides = []
    for sight, side in zip(sights, ("before", "after"), strict=True):
        rows = [(item[f"{side}_row"], item[side]) for item in items if item[side] is not None]
        sides.append(dict(masked_rows(sight, rows)))
    return [
        {**item, "before": sides[0].get(item["before_row"]), "after": sides[1].get(item["after_row"])} for item in items
    ]


def differences_shown(
    sights: tuple[Sight, Sight], items: Sequence[Mapping[str, Any]], keys: Sequence[str]
) -> list[ShownDifference]:
    """Differences as a page shows them."""
    return [_shown(item, keys) for item in differences_masked(sights, items)]


def _shown(item: Mapping[str, Any], keys: Sequence[str]) -> ShownDifference:
    old, new = item["before"] or {}, item["after"] or {}
    names = list(dict.fromkeys([*new, *old]))
    changed = [name for name in names if name in item["columns"]] if item["kind"] == CHANGED else names
    side = new or old
    return ShownDifference(
        item["kind"],
        item["before_row"],
        item["after_row"],
        [(name, _text(side.get(name))) for name in keys],
        [_beside(name, old, new, is_whole=item["kind"] != CHANGED) for name in changed],
        [_beside(name, old, new, is_whole=True) for name in names if name not in changed],
    )


def _beside(name: str, old: Mapping[str, Any], new: Mapping[str, Any], *, is_whole: bool) -> Beside:
    was, now = old.get(name), new.get(name)
    before, after = _text(was), _text(now)
    if is_whole or isinstance(was, int | float) or isinstance(now, int | float):  # a number differs as a whole
        sides = [[Part(text, not is_whole)] if text else [] for text in (before, after)]
    else:
        sides = list(words_apart(before, after))
    return Beside(name, shortened(sides[0]), shortened(sides[1]))


def _text(value: Any) -> str:
    """A value as people read it; nested ones as indented JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2 if isinstance(value, dict | list) else None)
