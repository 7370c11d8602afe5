"""What every chart is made of: axes, scales, the frame around the plot, and the table behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, isfinite, log10
from typing import TypeGuard

from apps.core import formatting
from apps.core.charts import svg


@dataclass(frozen=True)
class Axis:
    """What an axis measures, and in which unit."""

    name: str
    unit: str = ""

    @property
    def label(self) -> str:
        """`Loss (nats per token)`."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


@dataclass(frozen=True)
class Chart:
    """A finished drawing and the values that it was drawn from."""

    kind: str
    title: str
    description: str
    svg: str
    table_headers: tuple[str, ...] = ()
    table_rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Scale:
    """A linear map from values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low
        share = (value - self.low) / span if span else 0.5  # so large that one more makes no difference
        return self.start + share * (self.end - self.start)


@dataclass(frozen=True)
class Plot:
    """The rectangle that values are drawn in, in pixels of the drawing."""

    left: float
    top: float
    right: float
    bottom: float


WIDTH = 720.0
NARROW = 360.0  # two stand beside each other on a page; static/css/charts.css knows them by this width
LEFT_EDGE = 4.0


def is_value(value: float | None) -> TypeGuard[float]:
    """Whether there is something to draw: neither missing nor infinite nor NaN."""
    return value is not None and isfinite(value)


def known(values: Iterable[float | None]) -> list[float]:
    """The values that can be drawn."""
    return [float(value) for value in values if value is not None and isfinite(value)]


def ticks(low: float, high: float, about: int = 5, least: float = 0.0) -> list[float]:
    """Round numbers (1, 2, 2.5 or 5 times a power of ten) that span `low` to `high` in about `about` steps, each of
    them `least` or more: 1 for what is counted in whole numbers.
    """
    if low == high:
        pad = abs(low) * 0.1 or 1.0
        low, high = low - pad, high + pad
    raw = max((high - low) / about, least)
    power = 10.0 ** floor(log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [float(f"{place * step:.12g}") for place in range(first, last + 1)]


def tick_words(values: Sequence[float]) -> list[str]:
    """The ticks as text, all with the same number of decimals, as many as their step needs."""
    step = values[1] - values[0]
    digits = next((count for count in range(16) if abs(round(step, count) - step) < step * 1e-3), 16)
    return [formatting.number(value, digits) for value in values]


@dataclass
class Canvas:
    """Collects the elements of one chart: heading, legend, axes, then whatever the chart adds."""

    title: str
    height: float
    width: float = WIDTH
    parts: list[str] = field(default_factory=list)

    def add(self, *parts: str) -> None:
        """Draw on top of what is there."""
        self.parts.extend(parts)

    def heading(self) -> None:
        """The chart's title, top left."""
        self.add(svg.text(svg.cut(self.title, self.width - 8, 13), LEFT_EDGE, 16, kind="c-title", size=13, bold=True))

    def legend(self, names: Sequence[str], *, y: float = 36.0, as_bars: bool = False) -> None:
        """The series' names with their dash and marker, right-aligned on one line."""
        x = self.width - 4 - sum(svg.width_of(name) + 40 for name in names)
        for index, name in enumerate(names):
            if as_bars:
                number = index % svg.SERIES_COUNT + 1
                colour = svg.COLOURS[f"series-{number}"]
                self.add(svg.element("rect", class_=f"c-f{number}", x=x + 10, y=y - 8, width=12, height=8, fill=colour))
            else:
                self.add(svg.series_line([(x, y - 4), (x + 22, y - 4)], index), svg.marker(x + 11, y - 4, index))
            self.add(svg.text(name, x + 27, y))
            x += svg.width_of(name) + 40

    def value_axis(self, axis: Axis, values: Sequence[float], *, bottom: float, top: float) -> tuple[Scale, Plot]:
        """The vertical axis: name on top, a hairline and a number per tick. Returns its scale and the plot."""
        words = tick_words(values)
        left = LEFT_EDGE + max(svg.width_of(word) for word in words) + 8
        plot = Plot(left, top, self.width - 12, bottom)
        scale = Scale(values[0], values[-1], bottom, top)
        self.add(svg.text(axis.label, LEFT_EDGE, 36, kind="c-faint"))
        for value, word in zip(values, words, strict=True):
            y = scale(value)
            self.add(svg.rule(left, y, plot.right, y), svg.text(word, left - 6, y + 3.8, anchor="end"))
        self.add(svg.rule(left, bottom, plot.right, bottom, kind="c-axis"))
        return scale, plot

    def name_of_x(self, axis: Axis, plot: Plot) -> None:
        """The horizontal axis' name, bottom right."""
        self.add(svg.text(axis.label, plot.right, plot.bottom + 34, kind="c-faint", anchor="end"))

    def finish(
        self,
        kind: str,
        description: str,
        headers: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        has_links: bool = False,
    ) -> Chart:
        """The chart with its table."""
        drawing = svg.document(
            "".join(self.parts), self.width, self.height, self.title, description, has_links=has_links
        )
        return Chart(kind, self.title, description, drawing, tuple(headers), tuple(tuple(row) for row in rows))

    def finish_empty(self, kind: str, headers: Sequence[str]) -> Chart:
        """A small drawing that says that there is nothing to draw."""
        self.parts, self.height = [], 56
        self.heading()
        self.add(svg.text("No values yet.", LEFT_EDGE, 40))
        return self.finish(kind, "No values yet.", headers, [])


def interval_words(low: float | None, high: float | None) -> str:
    """`1.2 to 1.4`, or a dash when there is no interval."""
    return f"{exact(low)} to {exact(high)}" if is_value(low) and is_value(high) else formatting.UNKNOWN


def exact(value: float | None) -> str:
    """A value in a chart's table: six significant figures, so that the table says more than the drawing."""
    if value is None or not isfinite(value):
        return formatting.UNKNOWN
    return f"{value:.6g}".replace("-", "−", 1) if value < 0 else f"{value:.6g}"
