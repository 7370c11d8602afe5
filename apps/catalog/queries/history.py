"""Branches, tags and the order in which versions came about."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Case, When
from django.urls import reverse

from apps.catalog.models import Branch, CommitRun, Dataset, DatasetVersion, Tag, Upload
from apps.catalog.queries.refs import history_at
from apps.catalog.queries.uploads import uploads_seen_by
from apps.catalog.rules import MAIN, MERGED, name_fault
from apps.core import rules as run_rules
from apps.core import storage
from apps.core.charts import Chart, Point, lanes

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from apps.accounts.models import User

MOST_DRAWN = 40
MOST_TABS = 8  # branches; the others are opened from their table


@dataclass(frozen=True)
class DatasetPage:
    """What the page of a dataset shows beside its table of versions. `versions` are those that the table lists.

    Branches (the main one first), tags and open uploads may be many: the page takes a part of each. `lines` names the
    branches that have a tab.
    """

    branches: "QuerySet[Branch]"
    branch: Branch | None
    lines: list[str]
    tags: "QuerySet[Tag]"
    versions: "QuerySet[DatasetVersion]"
    history: Chart
    has_older: bool
    uploads: "QuerySet[Upload]"
    commits: list[CommitRun]


def branch_names(dataset: Dataset) -> list[str]:
    """The names of a dataset's branches, the main one first; one query."""
    names = Branch.objects.filter(dataset=dataset).values_list("name", flat=True)
    return sorted(names, key=lambda name: (name != MAIN, name))


def dataset_page(user: "User | AnonymousUser", dataset: Dataset, branch: str = "") -> DatasetPage:
    """The page of a dataset that the person sees; with `branch`, only what that branch came from."""
    branches = Branch.objects.filter(dataset=dataset).select_related("head", "created_by")
    branches = branches.order_by(Case(When(name=MAIN, then=0), default=1), "name")
    chosen = branches.filter(name=branch).first() if branch and not name_fault(branch) else None
    names = [*branches.values_list("name", flat=True)[:MOST_TABS], *([chosen.name] if chosen else [])]
    tags = Tag.objects.filter(dataset=dataset).select_related("version", "created_by")
    rows = DatasetVersion.objects.filter(dataset=dataset).select_related("dataset", "team", "created_by")
    if chosen is not None:
        rows = history_at(dataset, chosen.head)
    drawn = list(rows.defer("statistics", "columns", "provenance").order_by("-number")[: MOST_DRAWN + 1])
    commits = CommitRun.objects.filter(dataset=dataset, state__in=run_rules.OPEN).defer("log", "result")
    return DatasetPage(
        branches=branches,
        branch=chosen,
        lines=list(dict.fromkeys(names)),
        tags=tags.order_by("-created_at", "-pk"),
        versions=rows.order_by("-number"),
        history=_drawing(drawn[:MOST_DRAWN], branches.filter(head__in=drawn), tags.filter(version__in=drawn)),
        has_older=len(drawn) > MOST_DRAWN,
        uploads=uploads_seen_by(user).filter(dataset=dataset),
        commits=list(commits.select_related("created_by")[:20]),
    )


def _drawing(versions: list[DatasetVersion], heads: Iterable[Branch], named: Iterable[Tag]) -> Chart:
    branches, tags = list(heads), list(named)
    points = [
        Point(
            key=str(version.pk),
            lane=version.branch,
            label=f"v{version.number}",
            note=version.message or version.get_operation_display(),
            before=tuple(str(pk) for pk in (version.parent_id, version.merged_id) if pk is not None),
            heads=tuple(branch.name for branch in branches if branch.head_id == version.pk),
            tags=tuple(tag.name for tag in tags if tag.version_id == version.pk),
            url=reverse("catalog:version-detail", args=[version.pk]),
        )
        for version in versions
    ]
    words = f"{len(points)} versions, the newest on top; a ring is a merge." if points else ""
    return lanes("How the versions came about", points, description=words)


def last_clash(dataset: Dataset, branch: Branch, source: Branch) -> CommitRun | None:
    """The newest merge of these two heads that stopped because rows clash."""
    runs = CommitRun.objects.filter(dataset=dataset, operation=MERGED, error_code="merge.conflict", branch=branch.name)
    found = runs.filter(source_version=source.head_id, config__head=branch.head_id).order_by("-pk").first()
    return found if found is not None and found.result else None


def clashes_of(run: CommitRun, most: int) -> list[dict[str, Any]]:
    """The first rows that a merge named as clashing, with their values: for people who may read rows."""
    digest = (run.result or {}).get("conflicts_file", "")
    if not digest:
        return []
    with storage.open(digest) as lines:
        return [json.loads(line) for line in islice(lines, most)]
