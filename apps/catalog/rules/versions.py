"""The words of versions: what a commit came from, what a dataset is for, and what a commit is named by."""

from collections.abc import Mapping
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
