"""The prose of a card in Markdown: its sections by heading, and texts that no reader takes for markup."""

import re
from collections.abc import Iterator

KNOWN = "How this is known: "
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_ABSENT = re.compile(
    r"^[\s>*_-]*\[?\s*(?:more\s+information\s+needed|needs\s+more\s+information|add\s+here|todo|tbd)\s*\]?[\s*_.]*"
    r"(?:\([^)]*\))?\s*$",
    re.IGNORECASE,
)
_LONGEST_HEADING = 300  # characters; longer lines are not matched, for a pattern's time may grow with their square
_LONGEST_ABSENCE = 200
_KNOWN_LINE = re.compile(rf"^\*{re.escape(KNOWN)}.*\*$")


def sections(prose: str) -> Iterator[tuple[str, str]]:
    """Each heading in lower case with the text up to the next heading of any level; what says nothing is left out."""
    heading, lines, is_code = "", list[str](), False
    for line in _without_comments(prose).split("\n"):
        if _FENCE.match(line):
            is_code = not is_code
        match = None if is_code or len(line) > _LONGEST_HEADING else _HEADING.match(line)
        if match is None:
            lines.append(line)
            continue
        yield from _told(heading, lines)
        heading, lines = match[2].strip().lower(), []
    yield from _told(heading, lines)


def _told(heading: str, lines: list[str]) -> Iterator[tuple[str, str]]:
    kept = [line for line in lines if not _KNOWN_LINE.match(line.strip())]
    body = "\n".join(kept).strip()
    if heading and body and not is_absent(body):
        yield heading, body


def _without_comments(prose: str) -> str:
    """The prose without `<!-- … -->`; an opening that nothing closes is text."""
    kept, start = [], 0
    while (opening := prose.find("<!--", start)) >= 0 and (closing := prose.find("-->", opening + 4)) >= 0:
        kept.append(prose[start:opening])
        start = closing + 3
    return "".join([*kept, prose[start:]])


def is_absent(text: str) -> bool:
    """Whether a text only says that something should stand there."""
    words = text.strip()
    return len(words) <= _LONGEST_ABSENCE and bool(_ABSENT.match(words))


def as_markdown(paragraphs: list[str]) -> str:
    """Texts as paragraphs or a list that no reader takes for headings, code fences or markup of a page."""
    safe = [_escaped(one) for one in paragraphs]
    if len(safe) < 2:
        return "".join(safe)
    return "\n".join("- " + one.replace("\n", "\n  ") for one in safe)


def _escaped(text: str) -> str:
    lines = []
    for line in text.replace("&", "&amp;").replace("<", "&lt;").split("\n"):
        stripped = line.lstrip()
        is_markup = stripped.startswith(("#", "```", "~~~", "---", "===", f"*{KNOWN}"))
        lines.append(line.replace(stripped, "\\" + stripped, 1) if is_markup else line)
    return "\n".join(lines).replace("![", "!\\[")
