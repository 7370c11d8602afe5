"""A history that parts and joins again: one line of points a lane, the newest on top, drawn as version control does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from apps.core.charts import svg
from apps.core.charts.chart import LEFT_EDGE, WIDTH, Canvas, Chart
from apps.core.charts.graph import own_address

_DOWN, _ACROSS, _TOP, _DOT, _PILL = 30.0, 20.0, 44.0, 5.0, 17.0
HEADERS = ("Point", "Line", "Came from", "Names", "What")


@dataclass(frozen=True)
class Point:
    """One point of a history. `before` holds the keys of the points it came from: its own line's first, then what was
    joined in. `heads` are names that move on with the line, `tags` such that stay."""

    key: str
    lane: str
    label: str
    note: str = ""
    before: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True)
class _Place:
    x: float
    y: float
    colour: int


def lanes(title: str, points: Sequence[Point], *, description: str = "") -> Chart:
    """The points from top to bottom as given, each after all that came from it. Lines to points that are not among
    them end in dashes. Raises ValueError for an address that is none of this portal."""
    canvas = Canvas(title, _TOP + len(points) * _DOWN)
    if not points:
        return canvas.finish_empty("lanes", HEADERS)
    canvas.heading()
    order = list(dict.fromkeys(point.lane for point in reversed(points)))
    places = {
        point.key: _Place(_x(order.index(point.lane)), _TOP + row * _DOWN, order.index(point.lane))
        for row, point in enumerate(points)
    }
    for point in points:
        canvas.add(*_lines(point, places, canvas.height))
    text = _x(len(order)) + 4
    for point in points:
        canvas.add(_dot(point, places[point.key]), *_words(point, text, places[point.key].y))
    labels = {point.key: point.label for point in points}
    words = description or f"{len(points)} points on {len(order)} lines, the newest on top."
    has_links = any(point.url for point in points)
    return canvas.finish("lanes", words, HEADERS, [_row(point, labels) for point in points], has_links=has_links)


def _x(lane: int) -> float:
    return LEFT_EDGE + 10 + lane * _ACROSS


def _row(point: Point, labels: Mapping[str, str]) -> list[str]:
    came_from = ", ".join(labels.get(key, "earlier") for key in point.before)
    return [point.label, point.lane, came_from or "—", ", ".join([*point.heads, *point.tags]) or "—", point.note or "—"]


def _lines(point: Point, places: Mapping[str, _Place], bottom: float) -> list[str]:
    here, found = places[point.key], []
    for number, key in enumerate(point.before):
        there = places.get(key)
        if there is None:
            end = min(here.y + _DOWN * 0.8, bottom)
            found.append(_path(f"M{svg.short(here.x)} {svg.short(here.y)}V{svg.short(end)}", here.colour, dash="2 3"))
        else:
            found.append(_path(_way(here, there, joins=number > 0), there.colour if number else here.colour))
    return found


def _way(here: _Place, there: _Place, *, joins: bool) -> str:
    """From a point down to one before it: a line that parts bends at its lower end, one that joins at its upper."""
    x1, y1, x2, y2 = (svg.short(value) for value in (here.x, here.y, there.x, there.y))
    if here.x == there.x:
        return f"M{x1} {y1}V{y2}"
    if joins:
        turn, half = svg.short(here.y + _DOWN), svg.short(here.y + _DOWN / 2)
        return f"M{x1} {y1}C{x1} {half} {x2} {half} {x2} {turn}V{y2}"
    turn, half = svg.short(there.y - _DOWN), svg.short(there.y - _DOWN / 2)
    return f"M{x1} {y1}V{turn}C{x1} {half} {x2} {half} {x2} {y2}"


def _path(way: str, colour: int, dash: str = "") -> str:
    number = colour % svg.SERIES_COUNT + 1
    return svg.element(
        "path",
        class_=f"c-s{number}",
        d=way,
        fill="none",
        stroke=svg.COLOURS[f"series-{number}"],
        stroke_width=1.75,
        stroke_dasharray=dash or None,
    )


def _dot(point: Point, place: _Place) -> str:
    """A disc; a ring where lines join."""
    number = place.colour % svg.SERIES_COUNT + 1
    colour = svg.COLOURS[f"series-{number}"]
    dot = svg.element("circle", class_=f"c-f{number}", cx=place.x, cy=place.y, r=_DOT, fill=colour)
    if len(point.before) > 1:
        paper = svg.COLOURS["surface"]
        dot += svg.element("circle", class_="c-paper", cx=place.x, cy=place.y, r=_DOT / 2, fill=paper)
    return dot


def _words(point: Point, x: float, y: float) -> list[str]:
    label = svg.text(svg.cut(point.label, 120, 12), x, y + 4, kind="c-title", size=12, bold=True)
    found = [svg.element("a", label, href=own_address(point.url)) if point.url else label]
    x += min(svg.width_of(point.label, 12), 120) + 12
    for name, kind in [*((head, "c-node-info") for head in point.heads), *((tag, "c-node-good") for tag in point.tags)]:
        words = svg.cut(name, 130, 10.5)
        width = svg.width_of(words, 10.5) + 14
        if x + width > WIDTH - 60:
            found.append(svg.text("…", x, y + 4))
            break
        found.append(_pill(words, name, kind, x, y, width))
        x += width + 6
    if point.note:
        found.append(svg.text(svg.cut(point.note, WIDTH - x - 6, 11), x + 2, y + 4))
    return found


def _pill(words: str, name: str, kind: str, x: float, y: float, width: float) -> str:
    fill, stroke = ("accent-soft", "accent") if kind == "c-node-info" else ("good-soft", "good")
    box = svg.element(
        "rect",
        class_=f"c-node {kind}",
        x=x,
        y=y - _PILL / 2,
        width=width,
        height=_PILL,
        rx=_PILL / 2 if kind == "c-node-info" else 3,
        fill=svg.COLOURS[fill],
        stroke=svg.COLOURS[stroke],
    )
    return svg.element("g", svg.element("title", escape(name)) + box + svg.text(words, x + 7, y + 3.6, size=10.5))
