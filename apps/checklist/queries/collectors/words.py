"""Values of a datasheet as plain sentences."""

from typing import Any

# Where somebody wrote a sentence, the sentence says it best; otherwise all parts are named.
_SENTENCES = ("statement", "description", "text")
_NAMES = ("name", "title", "code", "kind", "basis", "classification")
_MOST = 600  # characters of one field in a summary; the whole is in the datasheet


def is_said(value: Any) -> bool:
    """Whether a field of a datasheet says anything; "no" and 0 do."""
    if isinstance(value, dict):
        return any(is_said(item) for item in value.values())
    return value not in (None, "", [], {}) and not (isinstance(value, str) and not value.strip())


def plain(value: Any) -> str:
    """A field of a datasheet in words, without a full stop at the end."""
    words = " ".join(_words(value).split()).rstrip(".")
    return words if len(words) <= _MOST else f"{words[:_MOST].rsplit(' ', 1)[0]} …"


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_words(item) for item in value if is_said(item))
    if isinstance(value, dict):
        return _words_of_mapping(value)
    return str(value)


def _words_of_mapping(value: dict[str, Any]) -> str:
    sentence = next((str(value[key]) for key in _SENTENCES if is_said(value.get(key))), "")
    if not sentence:
        return ", ".join(f"{key.replace('_', ' ')}: {_words(item)}" for key, item in value.items() if is_said(item))
    name = next((str(value[key]) for key in _NAMES if is_said(value.get(key))), "")
    return f"{name}: {sentence}" if name else sentence


def joined(names: list[str]) -> str:
    """Names as a list in a sentence: "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def listed(names: list[str], most: int = 6) -> str:
    """Names as a list in a sentence, those beyond `most` as a number: "a, b and 5 others"."""
    if len(names) <= most + 1:
        return joined(names)
    return joined([*names[:most], f"{len(names) - most} others"])


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun, with thin groups of three: "1 row", "12 000 rows"."""
    return f"{grouped(number)} {one if number == 1 else many or one + 's'}"


def grouped(number: int) -> str:
    """A number with thin groups of three."""
    return f"{number:,}".replace(",", "\u202f")
