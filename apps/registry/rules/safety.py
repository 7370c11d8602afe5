"""How bad what a scanner found in a file is, and how a decision about a held file may move."""

from collections.abc import Iterable
from typing import Any

CLEAN, UNSCANNED = "none", "unscanned"
SEVERITIES = {
    "critical": "Critical",
    "high": "High",
    UNSCANNED: "Could not be scanned",
    "medium": "Medium",
    "low": "Low",
    CLEAN: "Nothing found",
}


def worst(severities: Iterable[str]) -> str:
    """The worst of some severities; a file that could not be read is worse than one with a small finding."""
    order = list(SEVERITIES)
    return min(severities, key=order.index, default=CLEAN)


def decision_problem(*, is_own: bool, reason: str) -> tuple[str, str, str]:
    """Why somebody may not decide about a held file: code, sentence, remedy; empty where nothing stands against it.

    A second person decides: whoever brought the file vouches for it already.
    """
    if is_own:
        return (
            "quarantine.own_work",
            "You brought this file yourself, so somebody else has to decide about it.",
            "Ask a compliance officer, an approver or an administrator who had no part in it.",
        )
    if not reason.strip():
        return "reason.missing", "A reason is needed; it is kept in the trail.", ""
    return "", "", ""


def altered_words(files: list[dict[str, Any]]) -> str:
    """The files that no longer have their digest, in a phrase for messages."""
    if len(files) == 1:
        return f"1 file is altered: {files[0]['path']}"
    return f"{len(files)} files are altered" if files else "Every file has its digest"
