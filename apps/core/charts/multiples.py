"""Many small lines beside each other, one for each thing that is watched, to see at a glance which of them moved."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.core.charts import svg
from apps.core.charts.chart import WIDTH, Chart, Scale, exact, is_value

ACROSS, ROOM, HIGH = 3, 16.0, 58.0  # lines in a row; pixels between them, and from one row to the next
_LINE_TOP, _LINE_BOTTOM = 20.0, 48.0


@dataclass(frozen=True)
class Small:
    """One line: its name, its values from left to right, and whether it is one to look at."""

    name: str
    values: tuple[float | None, ...]
    is_marked: bool = False


def multiples(title: str, lines: Sequence[Small], *, description: str = "") -> Chart:
    """The lines in rows of three, each on a scale of its own; a triangle stands before the name of a marked one."""
    width = (WIDTH - ROOM * (ACROSS - 1)) / ACROSS
    body, height = [], HIGH * (-(-len(lines) // ACROSS) or 1)
    for place, one in enumerate(lines):
        row, column = divmod(place, ACROSS)
        body += _drawn(one, column * (width + ROOM), row * HIGH, width)
    words = description or _words(lines)
    headers, rows = ("Name", "First", "Last", "Lowest", "Highest"), tuple(_row(one) for one in lines)
    return Chart("multiples", title, words, svg.document("".join(body), WIDTH, height, title, words), headers, rows)


def _drawn(one: Small, left: float, top: float, width: float) -> list[str]:
    mark = "▲ " if one.is_marked else ""
    label = svg.cut(f"{mark}{one.name}", width, 10)
    drawn = [svg.text(label, left, top + 12, kind="c-value", size=10, bold=one.is_marked)]
    there = [(place, value) for place, value in enumerate(one.values) if is_value(value)]
    if not there:
        return [*drawn, svg.text("no values", left, top + 34, kind="c-faint", size=9)]
    low, high = min(value for _, value in there), max(value for _, value in there)
    across = Scale(0, max(len(one.values) - 1, 1), left + 3, left + width - 5)
    up = Scale(low, high if high > low else low + 1, top + _LINE_BOTTOM, top + _LINE_TOP)
    points = [(across(place), up(value)) for place, value in there]
    return [*drawn, svg.series_line(points, 0), svg.marker(*points[-1], 0)]


def _known(one: Small) -> list[float]:
    return [value for value in one.values if is_value(value)]


def _row(one: Small) -> tuple[str, ...]:
    known = _known(one)
    if not known:
        return (one.name, "—", "—", "—", "—")
    return (one.name, exact(known[0]), exact(known[-1]), exact(min(known)), exact(max(known)))


def _words(lines: Sequence[Small]) -> str:
    marked = ", ".join(one.name for one in lines if one.is_marked)
    told = f"{len(lines)} small lines, each on a scale of its own."
    return f"{told} Marked: {marked}." if marked else told
