"""Characters of a cell that nobody sees, or that turn around what is seen: a reader must see that they stand there.

Marked are those that hide or reorder text (Boucher and Anderson, "Trojan Source", 2021). Joiners, soft hyphens and
selectors of emoji are left alone, and so are zero-width spaces in scripts that are written without spaces.
"""

import re
import unicodedata
from collections.abc import Iterator

# Bidirectional embeddings, overrides and isolates; zero-width spaces, word joiners and invisible operators; tags.
_UNSEEN = re.compile(
    "[\u202a-\u202e\u2066-\u2069\u2060-\u2064\ufeff]+|(?<![\u0e00-\u109f\u1780-\u17ff])\u200b+"
    "|(?<![\U0001f3f4\U000e0000-\U000e007f])[\U000e0000-\U000e007f]+"
)


def parts(text: str) -> Iterator[tuple[str, str]]:
    """The text in pieces, each with its name: empty for what is shown as it is, for unseen characters their code."""
    start = 0
    for match in _UNSEEN.finditer(text):
        if match.start() > start:
            yield text[start : match.start()], ""
        yield match.group(), _named(match.group())
        start = match.end()
    if start < len(text):
        yield text[start:], ""


def _named(characters: str) -> str:
    first = characters[0]
    code = f"U+{ord(first):04X}"
    more = f" and {len(characters) - 1} more" if len(characters) > 1 else ""
    return f"{code} {unicodedata.name(first, 'without a name').lower()}{more}"
