"""Bytes of others' files as text and JSON, bounded before anything else looks at them."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from apps.core.errors import Invalid

MOST_BYTES = 4 * 1024 * 1024  # the largest published files of metadata hold about two
MOST_DEPTH = 60
MOST_VALUES = 200_000
MOST_TEXT = 50_000  # characters of one statement that is kept
MOST_ITEMS = 1_000  # values of one field that are kept


@dataclass(frozen=True)
class ForeignText:
    """Reads one kind of file. `code` is the first part of the codes of refusals, `remedy` what would help."""

    code: str
    remedy: str

    def text(self, content: bytes) -> str:
        """UTF-8 text without a byte order mark and with plain line ends. Raises Invalid."""
        if len(content) > MOST_BYTES:
            self.refuse(f"Such a file is read up to {MOST_BYTES // 1024 // 1024} MiB.", "too_large")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.refuse("This file is not UTF-8 text.", "not_text")
        if "\x00" in text:
            self.refuse("This file holds NUL characters, so it is no text.", "not_text")
        if not text.strip():
            self.refuse("This file is empty.", "empty")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def json_object(self, text: str) -> dict[str, Any]:
        """The JSON object that a text holds. Raises Invalid for anything else, NaN and endless nesting included."""
        try:
            value = json.loads(text, parse_constant=self._no_number)
            json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair is no character
        except RecursionError:
            self.refuse("This JSON is nested too deeply.", "too_deep")
        except UnicodeEncodeError:
            self.refuse("This JSON holds half of a surrogate pair, which is no character.", "not_text")
        except json.JSONDecodeError as error:
            self.refuse(f"This is not JSON: look at line {error.lineno}, column {error.colno}.", "not_json")
        if not isinstance(value, dict):
            self.refuse("This JSON is no object: names with their values.", "not_json")
        self._check_extent(value)
        return value

    def refuse(self, message: str, reason: str) -> NoReturn:
        """Raise Invalid with what would help; `reason` is the last part of the code."""
        raise Invalid(message, code=f"{self.code}.{reason}", remedy=self.remedy)

    def _no_number(self, name: str) -> NoReturn:
        self.refuse(f"This JSON holds {name}, which JSON cannot say.", "not_json")

    def _check_extent(self, value: Any) -> None:
        """Walks without recursion, so that no depth harms."""
        seen, level = 0, [value]
        for _ in range(MOST_DEPTH):
            following = [item for one in level for item in _children(one)]
            seen += len(following)
            if seen > MOST_VALUES:
                self.refuse(f"This file holds more than {MOST_VALUES} values.", "too_large")
            if not following:
                return
            level = following
        self.refuse(f"This JSON is nested deeper than {MOST_DEPTH}.", "too_deep")


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def shortened(text: str) -> str:
    """A statement of bearable length, without characters that no database stores."""
    clean = text.replace("\x00", "\ufffd").strip()
    return clean if len(clean) <= MOST_TEXT else f"{clean[:MOST_TEXT]} …"
