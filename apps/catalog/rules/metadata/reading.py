"""Bytes of a metadata file as text and JSON, bounded before anything else looks at them."""

import json
from typing import Any, NoReturn

from apps.core.errors import Invalid

MOST_BYTES = 4 * 1024 * 1024  # the largest published Croissant files hold about two
MOST_DEPTH = 60
MOST_VALUES = 200_000
MOST_TEXT = 50_000  # characters of one statement that is kept
MOST_ITEMS = 1_000  # values of one field that are kept


def text_of(content: bytes) -> str:
    """UTF-8 text without a byte order mark and with plain line ends. Raises Invalid."""
    if len(content) > MOST_BYTES:
        refuse(f"A file of metadata is read up to {MOST_BYTES // 1024 // 1024} MiB.", "metadata.too_large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse("This file is not UTF-8 text.", "metadata.not_text")
    if "\x00" in text:
        refuse("This file holds NUL characters, so it is no text.", "metadata.not_text")
    if not text.strip():
        refuse("This file is empty.", "metadata.empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def json_object(text: str) -> dict[str, Any]:
    """The JSON object that a text holds. Raises Invalid for anything else, NaN and endless nesting included."""
    try:
        value = json.loads(text, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair is no character
    except RecursionError:
        refuse("This JSON is nested too deeply.", "metadata.too_deep")
    except UnicodeEncodeError:
        refuse("This JSON holds half of a surrogate pair, which is no character.", "metadata.not_text")
    except json.JSONDecodeError as error:
        refuse(f"This is not JSON: look at line {error.lineno}, column {error.colno}.", "metadata.not_json")
    if not isinstance(value, dict):
        refuse("This JSON is no object, so it is no metadata of a dataset.", "metadata.not_json")
    _check_extent(value)
    return value


def _no_number(name: str) -> NoReturn:
    refuse(f"This JSON holds {name}, which JSON cannot say.", "metadata.not_json")


def _check_extent(value: Any) -> None:
    """Walks without recursion, so that no depth harms."""
    seen, level = 0, [value]
    for _ in range(MOST_DEPTH):
        following = [item for one in level for item in _children(one)]
        seen += len(following)
        if seen > MOST_VALUES:
            refuse(f"This file holds more than {MOST_VALUES} values.", "metadata.too_large")
        if not following:
            return
        level = following
    refuse(f"This JSON is nested deeper than {MOST_DEPTH}.", "metadata.too_deep")


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def shortened(text: str) -> str:
    """A statement of bearable length, without characters that no database stores."""
    clean = text.replace("\x00", "\ufffd").strip()
    return clean if len(clean) <= MOST_TEXT else f"{clean[:MOST_TEXT]} …"


def refuse(message: str, code: str) -> NoReturn:
    """Raise Invalid with what would help."""
    raise Invalid(
        message,
        code=code,
        remedy="Give a Croissant file (JSON-LD), a Hugging Face dataset card (README.md) or a DPS file (JSON).",
    )
