"""Writing SVG: escaped text, short numbers, and the colour of each class."""

from collections.abc import Sequence
from html import escape

# The light values of static/css/tokens.css; tests/core/test_charts.py keeps the two equal.
COLOURS = {
    "ink": "#1b1e24",
    "ink-soft": "#4a505b",
    "ink-faint": "#626873",
    "line": "#e2e2dc",
    "line-strong": "#84888f",
    "surface": "#ffffff",
    "bad": "#ac231b",
    "series-1": "#1f4fa3",
    "series-2": "#b35a00",
    "series-3": "#0d7068",
    "series-4": "#86398b",
    "series-5": "#5a616d",
    "good": "#17653a",
    "good-soft": "#e4f3e9",
    "warning": "#7d4a00",
    "warning-soft": "#fcf0d8",
    "bad-soft": "#fde9e7",
    "unknown": "#58507a",
    "unknown-soft": "#eeebf6",
    "accent": "#1f4fa3",
    "accent-soft": "#e7eefa",
}
FACE = "Liberation Sans, Noto Sans, Arial, sans-serif"
_TEXT_COLOUR = {"c-text": "ink-soft", "c-title": "ink", "c-value": "ink", "c-faint": "ink-faint"}
SERIES_COUNT = 5
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 2")


def short(value: float) -> str:
    """A coordinate with at most two decimals and no trailing zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """One SVG element: `class_` becomes `class`, `stroke_width` `stroke-width`; values are escaped, None left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _attribute(value: object) -> str:
    return short(value) if isinstance(value, int | float) else escape(str(value))


def text(
    words: str, x: float, y: float, *, kind: str = "c-text", size: float = 11, anchor: str = "start", bold: bool = False
) -> str:
    """A line of text whose baseline begins, centres or ends at (x, y)."""
    return element(
        "text",
        escape(words),
        class_=kind,
        x=x,
        y=y,
        fill=COLOURS[_TEXT_COLOUR[kind]],
        font_family=FACE,
        font_size=size,
        font_weight="600" if bold else None,
        text_anchor=None if anchor == "start" else anchor,
    )


def width_of(words: str, size: float = 11) -> float:
    """The room that a line of text needs, from mean character widths of a sans-serif face (there is no font here)."""
    narrow = sum(words.count(letter) for letter in "iljtfr.,:;|!'()[] ")
    wide = sum(letter.isupper() or letter in "mw%" for letter in words)
    return size * (0.3 * narrow + 0.72 * wide + 0.56 * (len(words) - narrow - wide))


def cut(words: str, room: float, size: float = 11) -> str:
    """`words`, ended by an ellipsis where they are wider than `room` pixels."""
    if width_of(words, size) <= room:
        return words
    while words and width_of(words + "…", size) > room:
        words = words[:-1]
    return words.rstrip() + "…"


def rule(x1: float, y1: float, x2: float, y2: float, *, kind: str = "c-grid", dash: str = "") -> str:
    """A straight hairline of the grid or an axis."""
    colour = {"c-grid": "line", "c-axis": "line-strong", "c-whisker": "ink"}[kind]
    return element(
        "line", class_=kind, x1=x1, y1=y1, x2=x2, y2=y2, stroke=COLOURS[colour], stroke_dasharray=dash or None
    )


def way(points: Sequence[tuple[float, float]]) -> str:
    """The path data that joins the points by straight lines."""
    return " ".join(f"{'L' if place else 'M'}{short(x)} {short(y)}" for place, (x, y) in enumerate(points))


def series_line(points: Sequence[tuple[float, float]], index: int) -> str:
    """The line of the series number `index`, told apart by colour and by dash."""
    number = index % SERIES_COUNT
    return element(
        "path",
        class_=f"c-s{number + 1}",
        d=way(points),
        fill="none",
        stroke=COLOURS[f"series-{number + 1}"],
        stroke_width=1.75,
        stroke_linejoin="round",
        stroke_dasharray=_DASHES[number] or None,
    )


def marker(x: float, y: float, index: int, hint: str = "") -> str:
    """A point of the series number `index`: circle, square, triangle, diamond or ring."""
    number, shape = index % SERIES_COUNT, _MARKERS[index % SERIES_COUNT]
    attributes = {"class_": f"c-f{number + 1}", "fill": COLOURS[f"series-{number + 1}"]}
    content = element("title", escape(hint)) if hint else ""
    if not shape:
        return element("circle", content, cx=x, cy=y, r=2.75, **attributes)
    return element("path", content, d=way([(x + dx, y + dy) for dx, dy in shape]) + "Z", **attributes)


_MARKERS: tuple[tuple[tuple[float, float], ...], ...] = (
    (),
    ((-2.6, -2.6), (2.6, -2.6), (2.6, 2.6), (-2.6, 2.6)),
    ((0, -3.4), (3.2, 2.4), (-3.2, 2.4)),
    ((0, -3.6), (3.6, 0), (0, 3.6), (-3.6, 0)),
    ((-3, -1), (3, -1), (3, 1), (-3, 1)),
)


def band(lower: Sequence[tuple[float, float]], upper: Sequence[tuple[float, float]], index: int) -> str:
    """The interval around a line, as a pale area."""
    corners = [*upper, *reversed(lower)]
    number = index % SERIES_COUNT + 1
    return element(
        "path", class_=f"c-f{number}", d=way(corners) + "Z", fill=COLOURS[f"series-{number}"], fill_opacity=0.14
    )


def document(
    body: str,
    width: float,
    height: float,
    title: str,
    description: str,
    *,
    has_links: bool = False,
) -> str:
    """The whole drawing. A drawing with links is a group, because an image may hold nothing that can be focused."""
    return element(
        "svg",
        element("title", escape(title)) + element("desc", escape(description)) + body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {short(width)} {short(height)}",
        width=width,
        height=height,
        role="group" if has_links else "img",
        aria_label=title,
    )
