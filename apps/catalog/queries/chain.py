"""The chain of commits behind a version, its digests computed anew from what each commit records."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.catalog.models import DatasetVersion
from apps.catalog.rules import commit_digest

_RECORDED = (
    "dataset_id", "number", "digest", "parent_id", "merged_id", "branch", "operation", "message", "created_by_id",
    "created_at", "commit_digest",
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    """One commit: its number, the digest it was given, and whether what it records now still has that digest."""

    number: int
    digest: str
    is_intact: bool


def recomputed(version: DatasetVersion, commits: Mapping[int, DatasetVersion] | None = None) -> str:
    """The digest of a commit by what it records. The author stands in it by number, as in the trail.

    `commits` holds its parents by id, where they were read already.
    """
    held = {commit.pk: commit for commit in (version.parent, version.merged) if commit} if commits is None else commits
    parents = [held[pk].commit_digest for pk in (version.parent_id, version.merged_id) if pk is not None]
    return commit_digest(
        {
            "dataset": version.dataset_id,
            "number": version.number,
            "content": version.digest,
            "parents": parents,
            "branch": version.branch,
            "operation": version.operation,
            "message": version.message,
            "author": version.created_by_id,
            "time": version.created_at.isoformat(),
        }
    )


def chain_of(version: DatasetVersion) -> list[Link]:
    """The version and every commit before it, the newest first, in one query; commits from before there were digests
    are left out."""
    known = DatasetVersion.objects.filter(dataset_id=version.dataset_id).only(*_RECORDED)
    commits = {commit.pk: commit for commit in known}
    waiting, found = [version.pk], set()
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found.add(pk)
            waiting += [each for each in (commits[pk].parent_id, commits[pk].merged_id) if each is not None]
    ordered = sorted((commits[pk] for pk in found), key=lambda commit: -commit.number)
    return [
        Link(commit.number, commit.commit_digest, recomputed(commit, commits) == commit.commit_digest)
        for commit in ordered
        if commit.commit_digest
    ]
