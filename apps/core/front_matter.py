"""Cards: a Markdown file that begins with YAML between two lines of three dashes.

https://huggingface.co/docs/hub/model-cards. `apps.core.plain` reads the YAML: no aliases, no tags, `no` stays a word.
"""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from apps.core.errors import Invalid
from apps.core.plain import object_of_text

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)(?:^---[ \t]*$|\Z)\n?", re.DOTALL | re.MULTILINE)
_END = re.compile(r"^---[ \t]*$", re.MULTILINE)
NO_FRONT = "This card has no front matter, so only its prose was read."


def is_card(text: str) -> bool:
    """Whether a text begins like a card."""
    return text.startswith("---") or text.lstrip().startswith("#")


def card_read(text: str, code: str, remedy: str) -> tuple[dict[str, Any] | None, str]:
    """The front matter, None where there is none, and the prose.

    Raises Invalid with `code` for front matter that never ends, is no YAML or no mapping.
    """
    match = _FRONT.match(text)
    if match is None:
        return None, text
    if not _END.search(text[4:]):
        raise Invalid("The card's front matter begins with “---” and never ends.", code=code, remedy=remedy)
    try:
        return object_of_text(match[1], "front matter"), text[match.end() :]
    except Invalid as error:
        raise Invalid(
            f"The card's front matter cannot be read. {error.message}",
            code=code,
            remedy="Between the two lines “---” there must be YAML names with their values, without anchors and tags.",
        ) from None


def card_written(front: Mapping[str, Any], prose: str) -> bytes:
    """A card as UTF-8; the front matter keeps its order, so equal facts give equal bytes."""
    return f"---\n{yaml_written(dict(front))}---\n\n{prose}".encode()


def yaml_written(value: Any) -> str:
    """A value as YAML that our own reader takes: no aliases, no line broken."""
    text: str = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)
    return text


class _Dumper(yaml.SafeDumper):
    """Writes a value twice rather than as an alias, which readers here refuse."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
