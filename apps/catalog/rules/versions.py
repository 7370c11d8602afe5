"""The words of versions: what a commit came from, what a dataset is for, and what a commit is named by."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from apps.core.canonical import digest_of

MAIN = "main"
UPLOADED, MERGED, ROLLED_BACK, REDACTED, FILTERED = "upload", "merge", "rollback", "redaction", "filter"
OPERATIONS = {
    UPLOADED: "Uploaded",
    MERGED: "Merged",
    ROLLED_BACK: "Rolled back",
    REDACTED: "Redacted copy",
    FILTERED: "Saved from a view",
}
ORDINARY, EVALUATION, PROTECTED = "ordinary", "evaluation", "protected"
PURPOSES = {
    ORDINARY: "Training or other use",
    EVALUATION: "Evaluation set: must not leak into training data",
    PROTECTED: "Protected works: must not appear in other data",
}


def commit_digest(commit: Mapping[str, Any]) -> str:
    """SHA-256 over a commit's content digest, parents, branch, message, author and time, as canonical JSON."""
    return digest_of(dict(commit))


MOST_NAME = 80  # characters of the name of a branch or tag
_NAME = re.compile(r"[^\W_][\w.-]*(/[^\W_][\w.-]*)*")
_NUMBER = re.compile(r"v?([0-9]{1,9})")
LEAST_PREFIX = 8  # hexadecimal digits; eight tell some thousands of commits apart with near certainty
_PREFIX = re.compile(rf"[0-9a-f]{{{LEAST_PREFIX},64}}")


def name_fault(name: str) -> str:
    """Why a branch or tag cannot have this name, as a sentence; empty where it can.

    Names that could be taken for a version's number or digest are kept free, so that every reference is clear.
    """
    if not name or len(name) > MOST_NAME:
        return f"A name has 1 to {MOST_NAME} characters."
    if not _NAME.fullmatch(name):
        return "A name is made of letters, digits, “.”, “_”, “-” and “/”, and each part begins with a letter or digit."
    if _NUMBER.fullmatch(name) or _PREFIX.fullmatch(name):
        return "A name must not look like the number or the digest of a version."
    return ""


def number_of(ref: str) -> int | None:
    """The version's number that a reference such as “v3” or “3” gives; None for another kind of reference."""
    found = _NUMBER.fullmatch(ref)
    return int(found[1]) if found else None


def is_prefix(ref: str) -> bool:
    """Whether a reference is the beginning of a digest, of at least eight digits."""
    return bool(_PREFIX.fullmatch(ref))


def ancestry(parents: Mapping[int, Sequence[int]], start: int) -> set[int]:
    """A commit and every commit that it came from; `parents` gives those that each was made of."""
    found, open_ = {start}, [start]
    while open_:
        new = [parent for parent in parents.get(open_.pop(), ()) if parent not in found]
        found.update(new)
        open_ += new
    return found


def merge_base(parents: Mapping[int, Sequence[int]], ours: int, theirs: int, numbers: Mapping[int, int]) -> int | None:
    """The newest commit that both came from; None where they have nothing in common.

    A parent always has a lower number than its child, so the highest number among the common ancestors is one that no
    other common ancestor came from. After crossing merges there may be several such; the newest is taken.
    """
    both = ancestry(parents, ours) & ancestry(parents, theirs)
    return max(both, key=lambda pk: numbers[pk], default=None)
