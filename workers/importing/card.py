"""What a model card (README.md) says: its front matter, and the sections on limitations and on risks.

Format: Hugging Face model cards, YAML front matter between two lines of three dashes, then Markdown
(https://huggingface.co/docs/hub/model-cards). Nothing in a card is executed, and nothing is believed: what it says is
kept as what the card says.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

MAX_CARD_BYTES = 1_000_000
MAX_SECTION = 4_000  # characters of a section that are kept; the whole card is among the version's files
MAX_DEPTH = 20  # lists and mappings in each other; real cards have five
# Front matter that answers a question of a checklist.
WANTED = ("base_model", "base_model_relation", "co2_eq_emissions", "datasets", "language", "license_name")
# Words of a heading that open a section. "Risks and Limitations" opens both.
SECTIONS = {
    "limitations": re.compile(r"limitation|out-of-scope", re.IGNORECASE),
    "risks": re.compile(r"\brisk|ethical considerations", re.IGNORECASE),
}
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_MARKUP = re.compile(r"<!--.*?-->|</?[A-Za-z][^>]{0,500}>", re.DOTALL)
_PLACEHOLDER = re.compile(r"\[more information needed\]|more information needed|\[optional\]", re.IGNORECASE)


@dataclass(frozen=True)
class Card:
    """A card's front matter and its sections by name; empty where there is none that can be read."""

    front: dict[str, Any] = field(default_factory=dict)
    sections: dict[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """The wanted front matter as plain JSON values."""
        said = {name: self.front[name] for name in WANTED if self.front.get(name) not in (None, "", [], {})}
        try:
            plain: dict[str, Any] = json.loads(json.dumps(said, default=str, allow_nan=False))
        except (TypeError, ValueError):  # a key that is no text, or a number that JSON does not know
            return {}
        return plain


def read_card(path: Path) -> Card:
    """The card at `path`. A missing, huge or broken one is as good as none."""
    if not path.is_file() or path.stat().st_size > MAX_CARD_BYTES:
        return Card()
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    front, body = _split(text)
    return Card(front, {name: found for name in SECTIONS if (found := _section(body, SECTIONS[name]))})


def _split(text: str) -> tuple[dict[str, Any], str]:
    parts = re.split(r"^---\s*$", text, maxsplit=2, flags=re.MULTILINE)
    if len(parts) < 3 or parts[0].strip():
        return {}, text
    try:
        front = yaml.safe_load(parts[1]) if _is_tame(parts[1]) else {}
    except (yaml.YAMLError, ValueError):  # ValueError: a date that does not exist
        return {}, parts[2]
    return (front if isinstance(front, dict) else {}), parts[2]


def _is_tame(text: str) -> bool:
    """Whether YAML can be loaded in time and memory that its size suggests: no aliases, and no deep nesting."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > MAX_DEPTH:
            return False
    return True


def _section(body: str, wanted: re.Pattern[str]) -> str:
    """The text under every heading that matches, without markup, cut to a limit."""
    text = _MARKUP.sub(" ", "\n".join(_lines_of(body, wanted)))
    text = " ".join(_PLACEHOLDER.sub(" ", text).split())
    return text if len(text) <= MAX_SECTION else f"{text[:MAX_SECTION].rsplit(' ', 1)[0]} …"


def _lines_of(body: str, wanted: re.Pattern[str]) -> Iterator[str]:
    """Lines below matching headings, down to the next heading of the same or a higher level; code is left out."""
    level, is_code = 0, False
    for line in body.splitlines():
        if _FENCE.match(line):
            is_code = not is_code
            continue
        heading = None if is_code else _HEADING.match(line)
        if heading and (not level or len(heading[1]) <= level):
            level = len(heading[1]) if wanted.search(heading[2]) else 0
        elif level and not is_code:
            yield heading[2] + "." if heading else line
