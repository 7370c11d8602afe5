"""A layered drawing of what came from what: boxes from left to right, arrows between them.

Layers by longest path from the sources, order within a layer by barycentres of the neighbours (Sugiyama, Tagawa and
Toda 1981), which keeps crossings few for the tens of boxes that a lineage has. An arrow that skips a layer has a narrow
lane of its own in it, so that it passes between the boxes and never behind one.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from apps.core.charts import svg
from apps.core.charts.chart import Canvas, Chart

_BOX_WIDTH, _BOX_HEIGHT, _ACROSS, _DOWN, _LANE = 158.0, 50.0, 238.0, 66.0, 20.0
_SWEEPS = 6
_LANE_SIGN = "\0lane "  # before a lane's key; no key of a box starts so
_TONES = {"neutral": ("surface", "line-strong"), "info": ("accent-soft", "accent")}


@dataclass(frozen=True)
class Node:
    """One box: `kind` is the small word above the label; `tone` colours it; `url` makes it a link."""

    key: str
    label: str
    kind: str = ""
    url: str = ""
    tone: str = "neutral"


@dataclass(frozen=True)
class Edge:
    """An arrow from what was there first to what was made of it; `label` says how."""

    source: str
    target: str
    label: str = ""


Corner = tuple[float, float]


def graph(title: str, *, nodes: Sequence[Node], edges: Sequence[Edge], description: str = "") -> Chart:
    """Boxes in layers with arrows. Raises ValueError for an edge to an unknown node, or a circle."""
    names = {node.key: node.label for node in nodes}
    if missing := sorted({end for edge in edges for end in (edge.source, edge.target)} - set(names)):
        raise ValueError(f"An edge names a node that is not there: {missing[0]!r}.")
    canvas = Canvas(title, 0.0)
    headers = ("From", "How", "To")
    if not nodes:
        return canvas.finish_empty("graph", headers)
    layers = _layers(nodes, edges)
    sources = len(layers[0])
    lanes = _lanes(layers, edges)
    layers = _ordered(layers, _steps(edges, lanes))
    tallest = max(sum(_height(key) for key in layer) for layer in layers)
    canvas.width = max((len(layers) - 1) * _ACROSS + _BOX_WIDTH + 8, svg.width_of(title, 13) + 12)
    canvas.height = 32 + tallest
    canvas.heading()
    corners = _corners(layers, tallest)
    splits = {edge.source for edge in edges if sum(other.source == edge.source for other in edges) > 1}
    for edge, lane in zip(edges, lanes, strict=True):
        through = [corners[key] for key in lane]
        canvas.add(_arrow(corners[edge.source], through, corners[edge.target], edge.label, edge.source in splits))
    canvas.add(*(_box(node, *corners[node.key]) for node in nodes))
    rows = [[names[edge.source], edge.label or "—", names[edge.target]] for edge in edges]
    words = description or f"{len(nodes)} things and {len(edges)} steps, from {sources} sources on the left."
    return canvas.finish("graph", words, headers, rows, has_links=any(node.url for node in nodes))


def _layers(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[list[str]]:
    sources: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        sources[edge.target].add(edge.source)
    left, layers = [node.key for node in nodes], []
    placed: set[str] = set()
    while left:
        layer = [key for key in left if sources[key] <= placed]
        if not layer:
            raise ValueError(f"The graph goes in a circle through {sorted(left)[0]!r}.")
        layers.append(layer)
        placed |= set(layer)
        left = [key for key in left if key not in placed]
    return layers


def _lanes(layers: list[list[str]], edges: Sequence[Edge]) -> list[list[str]]:
    """For each edge its lanes in the layers that it skips; they are added to these layers."""
    column = {key: place for place, layer in enumerate(layers) for key in layer}
    found = []
    for number, edge in enumerate(edges):
        skipped = range(column[edge.source] + 1, column[edge.target])
        lane = [f"{_LANE_SIGN}{number} {place}" for place in skipped]
        for place, key in zip(skipped, lane, strict=True):
            layers[place].append(key)
        found.append(lane)
    return found


def _steps(edges: Sequence[Edge], lanes: Sequence[Sequence[str]]) -> list[Edge]:
    """The edges from layer to layer: those that skip some go from lane to lane."""
    found = []
    for edge, lane in zip(edges, lanes, strict=True):
        stops = [edge.source, *lane, edge.target]
        found += [Edge(one, other) for one, other in pairwise(stops)]
    return found


def _height(key: str) -> float:
    return _LANE if key.startswith(_LANE_SIGN) else _DOWN


def _ordered(layers: list[list[str]], edges: Sequence[Edge]) -> list[list[str]]:
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        before[edge.target].append(edge.source)
        after[edge.source].append(edge.target)
    for sweep in range(_SWEEPS):
        near = after if sweep % 2 else before
        for layer in reversed(layers) if sweep % 2 else layers:
            # Heights relative to the middle, because layers of different size are centred on each other.
            height = {key: row - len(one) / 2 for one in layers for row, key in enumerate(one)}
            wanted = {key: _mean([height[other] for other in near[key]], height[key]) for key in layer}
            layer.sort(key=wanted.__getitem__)
    return layers


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _corners(layers: list[list[str]], tallest: float) -> dict[str, Corner]:
    """The upper left corner of each box, and of each lane the point where an arrow enters it."""
    found = {}
    for column, layer in enumerate(layers):
        x, y = 4 + column * _ACROSS, 30 + (tallest - sum(_height(key) for key in layer)) / 2
        for key in layer:
            found[key] = (x, y + _LANE / 2 - (_DOWN - _BOX_HEIGHT) / 2) if key.startswith(_LANE_SIGN) else (x, y)
            y += _height(key)
    return found


def _arrow(source: Corner, through: Sequence[Corner], target: Corner, label: str, near_target: bool) -> str:
    middle = _BOX_HEIGHT / 2
    starts = [(source[0] + _BOX_WIDTH, source[1] + middle), *((x + _BOX_WIDTH, y) for x, y in through)]
    ends = [*through, (target[0] - 7, target[1] + middle)]
    path = f"M{svg.short(starts[0][0])} {svg.short(starts[0][1])}"
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        path += f"L{svg.short(start[0])} {svg.short(start[1])}" if place else ""
        path += _bent(start, end)
    (x1, y1), (x2, y2) = starts[0], (target[0] - 1, ends[-1][1])
    line = svg.element(
        "path", class_="c-edge", d=path, fill="none", stroke=svg.COLOURS["line-strong"], stroke_width=1.25
    )
    tip = svg.way([(x2, y2), (x2 - 7, y2 - 3.5), (x2 - 7, y2 + 3.5)]) + "Z"
    head = svg.element("path", class_="c-arrow", d=tip, fill=svg.COLOURS["line-strong"])
    if not label:
        return line + head
    words = svg.cut(label, _ACROSS - _BOX_WIDTH - 10, 9.5)
    # The curve leaves and arrives level, so the label stands at that end, on the side that the curve turns away from.
    x, y, anchor = (
        (x2 - 9, y2 + (12 if starts[-1][1] < y2 else -5), "end")
        if near_target
        else (x1 + 4, y1 + (12 if ends[0][1] < y1 else -5), "start")
    )
    return line + head + svg.text(words, x, y, kind="c-faint", size=9.5, anchor=anchor)


def _bent(start: Corner, end: Corner) -> str:
    """A curve that leaves and arrives level."""
    bend = min((end[0] - start[0]) / 2, 48)
    stops = (start[0] + bend, start[1], end[0] - bend, end[1], *end)
    return "C{} {} {} {} {} {}".format(*(svg.short(value) for value in stops))


def _box(node: Node, x: float, y: float) -> str:
    fill, stroke = _TONES.get(node.tone, (f"{node.tone}-soft", node.tone))
    tone = "" if node.tone == "neutral" else f" c-node-{node.tone}"
    room = _BOX_WIDTH - 20
    body = svg.element("title", escape(f"{node.kind}: {node.label}" if node.kind else node.label))
    body += svg.element(
        "rect",
        class_=f"c-node{tone}",
        x=x,
        y=y,
        width=_BOX_WIDTH,
        height=_BOX_HEIGHT,
        rx=4,
        fill=svg.COLOURS[fill],
        stroke=svg.COLOURS[stroke],
    )
    if node.kind:
        body += svg.text(svg.cut(node.kind, room, 10), x + 10, y + 18, size=10)
    body += svg.text(
        _fitted(node.label, room), x + 10, y + (36 if node.kind else 30), kind="c-title", size=12, bold=True
    )
    return svg.element("a", body, href=own_address(node.url)) if node.url else svg.element("g", body)


def own_address(url: str) -> str:
    """A path on this portal. Raises ValueError for anything else, such as a `javascript:` address."""
    if not url.startswith("/") or url.startswith("//"):
        raise ValueError("A box may link to a path on this portal only.")
    return url


def _fitted(label: str, room: float) -> str:
    """The label as far as there is room; the number of a version stays, since it tells boxes of one model apart."""
    size = 12.8
    head, _, last = label.rpartition(" ")
    if svg.width_of(label, size) <= room or not (last[:1] == "v" and last[1:].isdigit()):
        return svg.cut(label, room, size)
    return f"{svg.cut(head, room - svg.width_of(f' {last}', size), size)} {last}"
