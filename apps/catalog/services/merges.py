"""Bringing the rows of one branch into another: a merge of three versions, row by row."""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import WORKER, record
from apps.catalog.models import Branch, CommitRun, Dataset, DatasetVersion
from apps.catalog.queries.merging import MOST_SHOWN, Clash, Plan, Three, clash_told, merge_plan
from apps.catalog.queries.refs import base_of, is_ancestor
from apps.catalog.rules import MERGED
from apps.catalog.rules.declared import declared_of_both
from apps.catalog.rules.merging import OURS, THEIRS, key_text
from apps.catalog.services.commits import version_create
from apps.catalog.services.contents import OnProgress, content_store
from apps.catalog.services.licences import require_readable
from apps.catalog.services.merged_files import merged_file
from apps.core import rules as run_rules
from apps.core import storage
from apps.core.errors import Conflict, Invalid
from apps.core.queue import enqueue

MOST_CHOICES = 1_000


def merge_start(
    *,
    by: User,
    branch: Branch,
    source: DatasetVersion,
    prefer: str = "",
    choices: Sequence[Mapping[str, Any]] = (),
    message: str = "",
    licence: str | None = None,
) -> Branch | CommitRun:
    """Bring a version of another branch into this one.

    Where this branch has nothing of its own since, it just moves on to that version, and is returned. Otherwise a run
    is queued. Rows that both changed in the same column stop it, and are named, unless `prefer` is "ours" or "theirs"
    or `choices` has the row: each a `key` (its values in the order of the key columns) and which side to `take`.
    `licence` replaces the licence of both sides taken together.
    """
    require(by, "dataset.branch", branch.dataset.team_id, shared=branch.dataset)
    settled = _settled(prefer, choices)
    require_readable(licence, [branch.head.licence, source.licence])
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update().get(pk=branch.dataset_id)
        branch = Branch.objects.select_related("dataset", "head__dataset").get(pk=branch.pk)
        _require_mergeable(branch, source)
        if is_ancestor(source, branch.head):
            return _forward(by, branch, source)
        open_ = CommitRun.objects.filter(dataset=dataset, branch=branch.name, operation=MERGED)
        if open_.filter(state__in=run_rules.OPEN).exists():
            raise Conflict("Another merge into this branch is at work.", code="merge.open", remedy="Wait for it.")
        config = {"head": branch.head_id, "message": message[:300], "licence": licence} | _kept(settled)
        run = CommitRun.objects.create(
            team_id=dataset.team_id,
            dataset=dataset,
            branch=branch.name,
            operation=MERGED,
            source_version=source,
            config=config,
            created_by=by,
        )
        data = {"branch": branch.name, "head": branch.head.number, "source": source.number}
        record(action="commit.start", obj=run, by=by, data=data)
        enqueue(run)
        return run


def _settled(prefer: str, choices: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if prefer not in ("", OURS, THEIRS):
        raise Invalid(f"Prefer {OURS} or {THEIRS}, or neither.", code="merge.prefer")
    if len(choices) > MOST_CHOICES:
        raise Invalid(f"At most {MOST_CHOICES} rows are settled one by one.", code="merge.choices")
    for choice in choices:
        if choice.get("take") not in (OURS, THEIRS) or not isinstance(choice.get("key"), list):
            raise Invalid(f"A choice has a key, and takes {OURS} or {THEIRS}.", code="merge.choices")
    return {"prefer": prefer, "choices": [{"key": list(one["key"]), "take": one["take"]} for one in choices]}


def _kept(settled: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as the run keeps them: all of the team see it, so the keys, values out of rows, stand apart."""
    choices = settled["choices"]
    kept = {"prefer": settled["prefer"], "choices": len(choices)}
    if not choices:
        return kept
    return kept | {"choices_file": storage.put(io.BytesIO(json.dumps(choices).encode())).digest}


def _require_mergeable(branch: Branch, source: DatasetVersion) -> None:
    if source.dataset_id != branch.dataset_id:
        raise Conflict("That version belongs to another dataset.", code="ref.dataset")
    if is_ancestor(branch.head, source):
        raise Conflict(f"The branch “{branch.name}” has everything of that version already.", code="merge.nothing")


def _forward(by: User, branch: Branch, source: DatasetVersion) -> Branch:
    before = branch.head.number
    branch.head = source
    branch.save(update_fields=["head"])
    data = {"branch": branch.name, "before": before, "after": source.number}
    record(action="dataset.branch_forward", obj=branch.dataset, by=by, data=data)
    return branch


def merge_preview(
    *,
    by: User,
    branch: Branch,
    source: DatasetVersion,
    prefer: str = "",
    choices: Sequence[Mapping[str, Any]] = (),
) -> Plan | None:
    """What a merge would do, without doing it; None where the branch would just move on.

    It is worked out while the person waits, so all three versions may together be of COMMIT_INLINE_BYTES at most.
    """
    require(by, "dataset.branch", branch.dataset.team_id, shared=branch.dataset)
    require(by, "dataset.read_raw", branch.dataset.team_id, shared=branch.dataset)
    settled = _settled(prefer, choices)
    _require_mergeable(branch, source)
    if is_ancestor(source, branch.head):
        return None
    three = _three(branch.head, source)
    if three.base.size + three.ours.size + three.theirs.size > settings.COMMIT_INLINE_BYTES:
        raise Invalid(
            "These versions are too large to look at beforehand.",
            code="merge.too_large",
            remedy="Start the merge: rows that clash stop it before anything is changed, and are named.",
        )
    return merge_plan(three, prefer=prefer, choices=_choices(settled["choices"]), on_share=lambda share, words: None)


def _three(ours: DatasetVersion, theirs: DatasetVersion) -> Three:
    base = base_of(ours, theirs)
    if base is None:
        raise Conflict("The two branches have no version in common.", code="merge.unrelated")
    return Three(base, ours, theirs)


def _choices(settled: Sequence[Mapping[str, Any]]) -> dict[tuple[str | None, ...], str]:
    return {key_text(choice["key"]): choice["take"] for choice in settled}


def _choices_of(run: CommitRun) -> dict[tuple[str | None, ...], str]:
    digest = run.config.get("choices_file", "")
    if not digest:
        return {}
    with storage.open(digest) as file:
        return _choices(json.load(file))


def merge_made(run: CommitRun, folder: Path, on_progress: OnProgress) -> DatasetVersion | None:
    """Do the merge of a claimed run. None where rows clash: the run then has failed, and its result names them."""
    theirs = run.source_version
    if theirs is None:
        raise Conflict("This run does not say which version to merge.", code="commit.no_source")
    ours = DatasetVersion.objects.select_related("dataset", "team").get(pk=run.config["head"])
    three = _three(ours, theirs)
    prefer, choices = run.config["prefer"], _choices_of(run)
    plan = merge_plan(
        three, prefer=prefer, choices=choices, on_share=lambda share, words: on_progress(share / 2, words)
    )
    if plan.clashes:
        _fail(run, three, plan, _clash_file(plan.clashes, folder))
        return None
    on_progress(0.5, "Writing the merged rows")
    target = merged_file(three, plan, folder, lambda share: on_progress(0.5 + 0.2 * share, "Writing the merged rows"))
    content = content_store(
        target, ours.filename, on_progress=lambda share, words: on_progress(0.7 + 0.3 * share, words)
    )
    said = declared_of_both(ours.declared, ours.number, theirs.declared, theirs.number, run.config["licence"])
    return version_create(
        by=run.created_by,
        dataset=run.dataset,
        branch=run.branch,
        content=content,
        operation=MERGED,
        run=run,
        expect_head=ours,
        merged=theirs,
        origins=[ours, theirs],
        message=run.config["message"] or f"Merge of version {theirs.number} ({theirs.branch}) into {run.branch}",
        declare=lambda head: said,
    )


def _clash_file(clashes: Sequence[Clash], folder: Path) -> str:
    """The digest of the stored file that names every clash, one JSON object a line."""
    path = folder / "clashes.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for clash in clashes:
            file.write(json.dumps(clash_told(clash), ensure_ascii=False, default=str) + "\n")
    return storage.put_path(path).digest


@transaction.atomic
def _fail(run: CommitRun, three: Three, plan: Plan, file: str) -> None:
    """End the run with what clashes. The result, which everybody of the team sees, tells rows by number, not by key."""
    total = len(plan.clashes)
    result = {
        "base": three.base.number,
        "ours": three.ours.number,
        "theirs": three.theirs.number,
        "key_columns": plan.key_columns,
        "conflicts_total": total,
        "conflicts": [
            {name: value for name, value in clash_told(clash).items() if name not in ("key", "ours", "theirs")}
            for clash in plan.clashes[:MOST_SHOWN]
        ],
        "conflicts_file": file,
    }
    rows = "1 row clashes" if total == 1 else f"{total} rows clash"
    words = f"{rows}: choose which side to take for each, or for all, and merge again."
    run.end(run_rules.FAILED, result=result, error_code="merge.conflict", error=words, message="Rows clash")
    record(action="run.fail", obj=run, by=WORKER, data={"code": "merge.conflict", "conflicts": total})
