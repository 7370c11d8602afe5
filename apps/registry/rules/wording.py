"""What models may be called, and how long the words on models and versions may be.

The limits are those that MLflow's client and server hold to (mlflow.utils.validation, 3.17), so that what one of them
accepts the other can read.
"""

from collections.abc import Iterable

from apps.core.errors import Invalid
from apps.tracking.rules.values import key_checked, text

LONGEST_NAME = 256
LONGEST_TAG = 100_000
LONGEST_SOURCE = 500
LONGEST_DESCRIPTION = 100_000
LONGEST_FILE = 300
MOST_TAGS = 20_000  # in one request; a version may collect more
PROMPT_TAG = "mlflow.prompt.is_prompt"


def model_name_checked(name: str) -> str:
    """The name of a new model. `/` and `:` would end it in addresses such as models:/name/1. Raises Invalid."""
    if not name.strip():
        raise Invalid("A model needs a name.", code="model.name")
    if any(mark in name for mark in "/:"):
        raise Invalid(f"Invalid model name '{name[:100]}'. Names cannot contain '/' or ':'.", code="model.name")
    if not name.isprintable() or name in (".", ".."):
        raise Invalid("A model's name is made of letters that can be shown.", code="model.name")
    return text(name, "name", LONGEST_NAME)


def tag_checked(key: str, value: str) -> tuple[str, str]:
    """A tag of a model or a version. Raises Invalid."""
    return key_checked(key), text(value, f"value of tag '{key[:60]}'", LONGEST_TAG)


def tags_checked(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Tags by key; of two with one key the later one counts. Raises Invalid."""
    found = dict(tag_checked(key, value) for key, value in pairs)
    if len(found) > MOST_TAGS:
        raise Invalid(f"At most {MOST_TAGS} tags can be sent at once.", code="tags.too_many")
    return found


def description_checked(description: str) -> str:
    """A description. Raises Invalid for one that is too long."""
    return text(description, "description", LONGEST_DESCRIPTION)


def is_prompt(tags: dict[str, str]) -> bool:
    """Whether these tags say, as MLflow's clients do, that a model is a prompt."""
    return tags.get(PROMPT_TAG, "").lower() == "true"


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same, or one of them holds all that the other says; case, blanks and stops aside."""
    first, second = _bare(one), _bare(other)
    return first in second or second in first


def _bare(words: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in words.casefold()).split())
