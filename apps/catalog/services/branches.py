"""Branches and tags, and going back to an earlier version."""

from collections.abc import Sequence

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.catalog.models import Branch, CommitRun, Dataset, DatasetVersion, Tag
from apps.catalog.rules import MAIN, PURPOSES, ROLLED_BACK
from apps.catalog.rules.versions import name_fault
from apps.catalog.services.commits import version_create
from apps.catalog.services.contents import content_of
from apps.core import rules as run_rules
from apps.core.errors import Conflict, Invalid
from apps.incidents.services import require_free


@transaction.atomic
def branch_create(*, by: User, dataset: Dataset, name: str, start: DatasetVersion) -> Branch:
    """Begin a line of commits at a version. Raises Conflict for a name that a branch or tag of the dataset has."""
    require(by, "dataset.branch", dataset.team_id, shared=dataset)
    _require_of(dataset, start)
    name = _free_name(dataset, name)
    branch = Branch.objects.create(dataset=dataset, name=name, head=start, created_by=by)
    record(action="dataset.branch_create", obj=dataset, by=by, data={"branch": name, "version": start.number})
    return branch


@transaction.atomic
def branch_delete(*, by: User, branch: Branch) -> None:
    """Take a branch's name away; its versions stay. Raises Conflict for the main branch, and while a run commits."""
    dataset = branch.dataset
    require(by, "dataset.branch", dataset.team_id, shared=dataset)
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    if branch.name == MAIN:
        raise Conflict(f"The branch “{MAIN}” stays.", code="branch.main")
    if CommitRun.objects.filter(dataset=dataset, branch=branch.name, state__in=run_rules.OPEN).exists():
        raise Conflict("A run is committing to this branch.", code="branch.busy", remedy="Wait for it, or cancel it.")
    branch.refresh_from_db(fields=["head"])
    record(
        action="dataset.branch_delete",
        obj=dataset,
        by=by,
        data={"branch": branch.name, "version": branch.head.number},
    )
    branch.delete()


@transaction.atomic
def tag_create(*, by: User, version: DatasetVersion, name: str, message: str = "") -> Tag:
    """Give a version a lasting name. Raises Conflict for a name that a branch or tag of the dataset has."""
    dataset = version.dataset
    require(by, "dataset.branch", dataset.team_id, shared=dataset)
    name = _free_name(dataset, name)
    require_free(version)
    tag = Tag.objects.create(dataset=dataset, name=name, version=version, message=message.strip()[:300], created_by=by)
    record(action="dataset_version.tag", obj=version, by=by, data={"tag": name})
    return tag


@transaction.atomic
def tag_delete(*, by: User, tag: Tag) -> None:
    """Take a tag away; the version stays, and so does the trail of what it was called."""
    require(by, "dataset.branch", tag.dataset.team_id, shared=tag.dataset)
    require_free(tag.version)
    record(action="dataset_version.untag", obj=tag.version, by=by, data={"tag": tag.name})
    tag.delete()


def _free_name(dataset: Dataset, name: str) -> str:
    """The name, once nobody else can take it before this transaction ends."""
    name = name.strip()
    if fault := name_fault(name):
        raise Invalid(fault, code="ref.name")
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    for model in (Branch, Tag):
        if model._default_manager.filter(dataset=dataset, name=name).exists():
            raise Conflict(f"This dataset has a {model._meta.verbose_name} called “{name}” already.", code="ref.exists")
    return name


def _require_of(dataset: Dataset, version: DatasetVersion) -> None:
    if version.dataset_id != dataset.pk:
        raise Conflict("That version belongs to another dataset.", code="ref.dataset")


def branch_rollback(*, by: User, branch: Branch, to: DatasetVersion, reason: str) -> DatasetVersion:
    """Make an earlier content the newest version of a branch again, as a new commit: nothing is taken out of history.

    Licence and datasheet come back with it. Raises Conflict where the branch holds that content already.
    """
    dataset = branch.dataset
    require(by, "dataset.branch", dataset.team_id, shared=dataset)
    _require_of(dataset, to)
    if not reason.strip():
        raise Invalid("Say why the branch goes back; the reason is kept in the trail.", code="reason.missing")
    return version_create(
        by=by,
        dataset=dataset,
        branch=branch.name,
        content=content_of(to),
        operation=ROLLED_BACK,
        origins=[to],
        message=f"Back to version {to.number}: {reason.strip()}",
        declare=lambda head: to.declared,  # the same bytes: what was said of them still is
        reason=reason,
    )


@transaction.atomic
def dataset_settings_set(
    *, by: User, dataset: Dataset, key_columns: Sequence[str] | None = None, purpose: str | None = None
) -> Dataset:
    """Say what names a row, what the dataset is for, or both; None leaves it as it is."""
    if key_columns is not None:
        dataset = dataset_keys_set(by=by, dataset=dataset, columns=key_columns)
    if purpose is not None:
        dataset = dataset_purpose_set(by=by, dataset=dataset, purpose=purpose)
    return dataset


@transaction.atomic
def dataset_keys_set(*, by: User, dataset: Dataset, columns: Sequence[str]) -> Dataset:
    """Say which columns together name a row; comparisons and merges go by them. None: they look for one themselves.

    Raises Invalid for a column that the newest version of the main branch lacks.
    """
    require(by, "dataset.describe", dataset.team_id, shared=dataset)
    dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
    wanted = list(dict.fromkeys(columns))
    main = Branch.objects.filter(dataset=dataset, name=MAIN).select_related("head").first()
    known = {column["name"] for column in main.head.columns} if main else set(wanted)
    for name in wanted:
        if name not in known:
            raise Invalid(f"The newest version has no column called “{name[:80]}”.", code="dataset.key")
    before, dataset.key_columns = dataset.key_columns, wanted
    dataset.save(update_fields=["key_columns"])
    record(action="dataset.keys", obj=dataset, by=by, data={"before": before, "after": wanted})
    return dataset


@transaction.atomic
def dataset_purpose_set(*, by: User, dataset: Dataset, purpose: str) -> Dataset:
    """Say what a dataset is for; scans of other data look for copies of evaluation sets and protected works."""
    require(by, "dataset.describe", dataset.team_id, shared=dataset)
    if purpose not in PURPOSES:
        raise Invalid(f"A dataset's purpose is one of {', '.join(PURPOSES)}.", code="dataset.purpose")
    dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
    before, dataset.purpose = dataset.purpose, purpose
    dataset.save(update_fields=["purpose"])
    record(action="dataset.purpose", obj=dataset, by=by, data={"before": before, "after": purpose})
    return dataset
