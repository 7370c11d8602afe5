"""A layered drawing of what came from what: boxes from left to right, arrows between them.

Layers by longest path from the sources, order within a layer by barycentres of the neighbours (Sugiyama, Tagawa and
Toda 1981), which keeps crossings few for the tens of boxes that a lineage has.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from apps.core.charts import svg
from apps.core.charts.chart import Canvas, Chart

_BOX_WIDTH, _BOX_HEIGHT, _ACROSS, _DOWN = 158.0, 50.0, 238.0, 66.0
_SWEEPS = 6
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
    layers = _ordered(_layers(nodes, edges), edges)
    places = {key: (column, row) for column, layer in enumerate(layers) for row, key in enumerate(layer)}
    tallest = max(len(layer) for layer in layers)
    canvas.width = max((len(layers) - 1) * _ACROSS + _BOX_WIDTH + 8, svg.width_of(title, 13) + 12)
    canvas.height = 32 + tallest * _DOWN
    canvas.heading()
    corners = {key: _corner(place, len(layers[place[0]]), tallest) for key, place in places.items()}
    splits = {edge.source for edge in edges if sum(other.source == edge.source for other in edges) > 1}
    for edge in edges:
        canvas.add(_arrow(corners[edge.source], corners[edge.target], edge.label, edge.source in splits))
    canvas.add(*(_box(node, *corners[node.key]) for node in nodes))
    rows = [[names[edge.source], edge.label or "—", names[edge.target]] for edge in edges]
    words = description or f"{len(nodes)} things and {len(edges)} steps, from {len(layers[0])} sources on the left."
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


def _corner(place: tuple[int, int], size: int, tallest: int) -> Corner:
    column, row = place
    return 4 + column * _ACROSS, 30 + (row + (tallest - size) / 2) * _DOWN


def _arrow(source: Corner, target: Corner, label: str, near_target: bool) -> str:
    x1, y1 = source[0] + _BOX_WIDTH, source[1] + _BOX_HEIGHT / 2
    x2, y2 = target[0] - 1, target[1] + _BOX_HEIGHT / 2
    bend = min((x2 - x1) / 2, 48)
    stops = [svg.short(value) for value in (x1, y1, x1 + bend, y1, x2 - bend - 6, y2, x2 - 6, y2)]
    path = "M{} {}C{} {} {} {} {} {}".format(*stops)
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
        (x2 - 9, y2 + (12 if y1 < y2 else -5), "end")
        if near_target
        else (x1 + 4, y1 + (12 if y2 < y1 else -5), "start")
    )
    return line + head + svg.text(words, x, y, kind="c-faint", size=9.5, anchor=anchor)


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
        svg.cut(node.label, room, 12.8), x + 10, y + (36 if node.kind else 30), kind="c-title", size=12, bold=True
    )
    return svg.element("a", body, href=own_address(node.url)) if node.url else svg.element("g", body)


def own_address(url: str) -> str:
    """A path on this portal. Raises ValueError for anything else, such as a `javascript:` address."""
    if not url.startswith("/") or url.startswith("//"):
        raise ValueError("A box may link to a path on this portal only.")
    return url
