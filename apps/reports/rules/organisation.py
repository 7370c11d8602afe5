"""What an organisation puts on its documents: a colour that can be read, and sections of its own."""

import json
import re
from collections.abc import Mapping

LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3 (AA), of text on the white of paper
MOST_SECTIONS, MOST_TITLE, MOST_TEXT = 12, 120, 20_000
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_HEADING = re.compile(r"^##[ \t]+(\S.*)$", re.MULTILINE)  # no two parts that can take the same characters


def safe_colour(colour: str) -> str:
    """The colour if it is one, `#1f4fa3`, and can be read on white; otherwise empty."""
    return colour if _COLOUR.fullmatch(colour) and contrast_on_white(colour) >= LEAST_CONTRAST else ""


def contrast_on_white(colour: str) -> float:
    """The contrast ratio of `#rrggbb` and white, 1 to 21 (WCAG 2.2, definitions of contrast and relative luminance)."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def colour_problem(colour: str) -> str:
    """Why a colour cannot be used, as a sentence; empty when it can or none is given."""
    if not colour:
        return ""
    if not _COLOUR.fullmatch(colour):
        return "A colour is written as # and six digits or letters a to f, such as #1f4fa3."
    ratio = contrast_on_white(colour)
    if ratio < LEAST_CONTRAST:
        return f"This colour is too pale for text on white: contrast {ratio:.1f} to 1, and at least 4.5 to 1 is needed."
    return ""


def parsed_sections(text: str) -> list[tuple[str, str]]:
    """Title and plain text of each section of `text`, in which a line `## Title` begins one. Raises ValueError for text
    before the first title, and where there are too many or too long ones."""
    first, *rest = _HEADING.split(text.replace("\r\n", "\n"))
    if first.strip():
        raise ValueError("Begin each section with a line of ## and its title.")
    found = [(title.strip(), body.strip()) for title, body in zip(rest[::2], rest[1::2], strict=True)]
    if len(found) > MOST_SECTIONS:
        raise ValueError(f"There are {len(found)} sections; {MOST_SECTIONS} are the most.")
    for title, body in found:
        if len(title) > MOST_TITLE or len(body) > MOST_TEXT:
            raise ValueError(f"“{title[:60]}” is too long: a title has {MOST_TITLE} characters, a text {MOST_TEXT:,}.")
        if not body:
            raise ValueError(f"“{title[:60]}” has no text.")
    return found


def further_sections(organisation: Mapping[str, str]) -> list[tuple[str, str]]:
    """The organisation's own sections, as a snapshot keeps them: a JSON text of pairs."""
    return [(str(title), str(text)) for title, text in json.loads(organisation.get("sections") or "[]")]
