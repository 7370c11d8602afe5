"""Lines over a measured axis, and the small line that fits into a table cell."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.core.charts import svg
from apps.core.charts.chart import (
    Axis,
    Canvas,
    Chart,
    Plot,
    Scale,
    exact,
    interval_words,
    is_value,
    known,
    tick_words,
    ticks,
)

_MARKERS_UP_TO = 40  # more points than this would make a fat line of markers


@dataclass(frozen=True)
class Series:
    """One line: `xs` and `ys` of equal length, and the interval around each value where one is known."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float | None]
    lows: Sequence[float | None] = ()
    highs: Sequence[float | None] = ()

    def __post_init__(self) -> None:
        lengths = {len(self.xs), len(self.ys), *(len(ends) for ends in (self.lows, self.highs) if ends)}
        if len(lengths) != 1:
            raise ValueError(f"The lists of series {self.name!r} differ in length.")


def line_chart(
    title: str, *, x: Axis, y: Axis, series: Sequence[Series], description: str = "", from_zero: bool = False
) -> Chart:
    """One or more lines. Values that are missing or not finite leave a gap. `from_zero` starts the value axis at 0."""
    canvas = Canvas(title, 300.0)
    headers = (x.label, *_column_names(y, series))
    ys = known(value for one in series for value in (*one.ys, *one.lows, *one.highs))
    xs = known(value for one in series for value in one.xs)
    if not ys or not xs:
        return canvas.finish_empty("line", headers)
    canvas.heading()
    if len(series) > 1:
        canvas.legend([one.name for one in series])
    vertical, plot = canvas.value_axis(y, ticks(min(ys + [0.0] * from_zero), max(ys)), bottom=252, top=52)
    horizontal = _draw_x_axis(canvas, x, xs, plot)
    for index, one in enumerate(series):
        _draw_series(canvas, one, index, horizontal, vertical)
    words = description or _in_words(x, y, series)
    return canvas.finish("line", words, headers, _rows(series))


def _draw_x_axis(canvas: Canvas, axis: Axis, xs: list[float], plot: Plot) -> Scale:
    low, high = min(xs), max(xs)
    if low == high:
        low, high = low - 1, high + 1
    scale = Scale(low, high, plot.left, plot.right)
    marks = ticks(low, high, 8)
    for value, word in zip(marks, tick_words(marks), strict=True):
        if low <= value <= high:
            at = scale(value)
            canvas.add(svg.rule(at, plot.bottom, at, plot.bottom + 4, kind="c-axis"))
            canvas.add(svg.text(word, at, plot.bottom + 17, anchor="middle"))
    canvas.name_of_x(axis, plot)
    return scale


def _draw_series(canvas: Canvas, one: Series, index: int, horizontal: Scale, vertical: Scale) -> None:
    if one.lows and one.highs:
        ends = zip(one.xs, one.lows, one.highs, strict=True)
        inside = [
            (horizontal(x), vertical(low), vertical(high)) for x, low, high in ends if is_value(low) and is_value(high)
        ]
        canvas.add(svg.band([(x, low) for x, low, _ in inside], [(x, high) for x, _, high in inside], index))
    for stretch in _stretches(one):
        points = [(horizontal(x), vertical(y)) for x, y in stretch]
        canvas.add(svg.series_line(points, index))
        if len(one.xs) <= _MARKERS_UP_TO:
            canvas.add(
                *(svg.marker(px, py, index, _hint(one, x, y)) for (px, py), (x, y) in zip(points, stretch, strict=True))
            )


def _hint(one: Series, x: float, y: float) -> str:
    return f"{one.name}: {exact(y)} at {exact(x)}"


def _stretches(one: Series) -> list[list[tuple[float, float]]]:
    stretches: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(one.xs, one.ys, strict=True):
        if is_value(y):
            stretches[-1].append((x, y))
        elif stretches[-1]:
            stretches.append([])
    return [stretch for stretch in stretches if stretch]


def _column_names(y: Axis, series: Sequence[Series]) -> list[str]:
    names: list[str] = []
    for one in series:
        names.append(f"{one.name}: {y.label}" if len(series) > 1 else y.label)
        if one.lows:
            names.append(f"{one.name}: interval")
    return names


def _rows(series: Sequence[Series]) -> list[list[str]]:
    xs = sorted({x for one in series for x in one.xs})
    columns = [column for one in series for column in _columns(one)]
    return [[exact(x), *(column.get(x, "—") for column in columns)] for x in xs]


def _columns(one: Series) -> list[dict[float, str]]:
    columns = [{x: exact(y) for x, y in zip(one.xs, one.ys, strict=True)}]
    if one.lows:
        ends = zip(one.xs, one.lows, one.highs, strict=True)
        columns.append({x: interval_words(low, high) for x, low, high in ends})
    return columns


def _in_words(x: Axis, y: Axis, series: Sequence[Series]) -> str:
    told = []
    for one in series:
        values = known(one.ys)
        if values:
            told.append(f"{one.name} goes from {exact(values[0])} to {exact(values[-1])}")
    return f"{y.label} over {x.label}: {'; '.join(told)}."


def sparkline(
    values: Sequence[float | None], *, title: str, unit: str = "", width: float = 112, height: float = 24
) -> Chart:
    """A line without axes for a table cell; the last value is marked, the words say first, last, lowest and highest."""
    there = [(place, value) for place, value in enumerate(values) if is_value(value)]
    rows = [(str(place + 1), exact(value)) for place, value in enumerate(values)]
    headers = ("Place", f"Value ({unit})" if unit else "Value")
    if not there:
        return Chart(
            "spark", title, "No values yet.", svg.document("", width, height, title, "No values yet."), headers, ()
        )
    numbers = [value for _, value in there]
    low, high = min(numbers), max(numbers)
    across = Scale(0, max(len(values) - 1, 1), 3, width - 5)
    up = Scale(low, high if high > low else low + 1, height - 4, 4)
    points = [(across(place), up(value)) for place, value in there]
    body = svg.series_line(points, 0) + svg.marker(*points[-1], 0)
    words = f"From {exact(numbers[0])} to {exact(numbers[-1])} {unit}".rstrip()
    words = f"{words}; lowest {exact(low)}, highest {exact(high)}."
    return Chart(
        "spark", title, words, svg.document(body, width, height, f"{title}. {words}", words), headers, tuple(rows)
    )
