"""What an alias may be called."""

import re

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
