"""What an alias may be called, and what a version lacks that a protected alias is to point at."""

import re

from apps.registry.rules import APPROVED

# The lengths and letters that MLflow's client and server accept (mlflow.utils.validation, 3.17).
MOST_LETTERS = 255
MOST_PROTECTED = 50
_LETTERS = re.compile(r"[\w-]+")
_VERSION = re.compile(r"[vV]\d+")


def alias_problem(name: str) -> str:
    """What is wrong with the name of an alias, as a sentence; empty if nothing is."""
    if not name:
        return "An alias needs a name."
    if len(name) > MOST_LETTERS:
        return f"The name of an alias has at most {MOST_LETTERS} letters."
    if not _LETTERS.fullmatch(name):
        return f"Invalid alias name: '{name}'. Only letters, digits, underscores and hyphens may stand in it."
    if name.lower() == "latest":
        return "'latest' alias name (case insensitive) is reserved."
    if _VERSION.fullmatch(name):
        return f"Version alias name '{name}' is reserved."
    return ""


def obstacles(
    *, stage: str, manifest_digest: str, approved_digest: str, held_files: int, is_broken: bool, is_deleted: bool
) -> list[str]:
    """Everything that keeps a version from being deployed, each as the end of “it …”; empty if nothing does."""
    found = []
    if is_deleted:
        found.append("is deleted")
    if not manifest_digest:
        found.append("has no files yet")
    if stage != APPROVED:
        found.append(f"is {stage}, not approved")
    elif manifest_digest != approved_digest:
        found.append("has other files than those that were approved")
    if held_files:
        found.append(f"has {held_files} {'file' if held_files == 1 else 'files'} in quarantine")
    if is_broken:
        found.append("has a stored file that was altered")
    return found
