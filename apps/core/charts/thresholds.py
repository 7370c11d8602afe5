"""A value per chunk of traffic, with the thresholds that it must stay between: the picture of drift."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from apps.core.charts import svg
from apps.core.charts.chart import Axis, Canvas, Chart, Plot, Scale, exact, interval_words, is_value, known, ticks


@dataclass(frozen=True)
class Chunk:
    """One chunk: its value, the thresholds that hold for it, and whether it raised an alert.

    `low` and `high` end the value's own interval; `period` is `reference`, `analysis` or the like.
    """

    label: str
    value: float | None
    lower: float | None = None
    upper: float | None = None
    is_alert: bool = False
    low: float | None = None
    high: float | None = None
    period: str = ""


def threshold_chart(title: str, *, x: Axis, y: Axis, chunks: Sequence[Chunk], description: str = "") -> Chart:
    """Values as a line, thresholds as dashed steps, alerts as diamonds; a rule stands where the period changes."""
    headers = (x.label, "Period", y.label, "Interval", "Lower threshold", "Upper threshold", "Alert")
    canvas = Canvas(title, 300.0)
    numbers = known(end for one in chunks for end in (one.value, one.lower, one.upper, one.low, one.high))
    if not numbers:
        return canvas.finish_empty("threshold", headers)
    canvas.heading()
    _draw_legend(canvas)
    vertical, plot = canvas.value_axis(y, ticks(min(numbers), max(numbers)), bottom=252, top=58)
    across = Scale(0, len(chunks), plot.left, plot.right)
    _draw_labels(canvas, chunks, across, plot)
    canvas.name_of_x(x, plot)
    _draw_periods(canvas, chunks, across, plot)
    for side in ("lower", "upper"):
        _draw_threshold(canvas, [getattr(one, side) for one in chunks], across, vertical)
    _draw_values(canvas, chunks, across, vertical)
    alerts = [one.label for one in chunks if one.is_alert]
    told = f"{len(alerts)} of {len(chunks)} chunks raised an alert" + (f": {', '.join(alerts)}." if alerts else ".")
    return canvas.finish("threshold", description or f"{y.label}. {told}", headers, [_row(one) for one in chunks])


def _row(one: Chunk) -> list[str]:
    ends = [exact(one.lower), exact(one.upper), "yes" if one.is_alert else "no"]
    return [one.label, one.period or "—", exact(one.value), interval_words(one.low, one.high), *ends]


def _draw_legend(canvas: Canvas) -> None:
    y, x = 36.0, canvas.width - 232
    canvas.add(
        svg.series_line([(x, y - 4), (x + 22, y - 4)], 0), svg.marker(x + 11, y - 4, 0), svg.text("Value", x + 27, y)
    )
    canvas.add(_dashed([(x + 72, y - 4), (x + 94, y - 4)]), svg.text("Threshold", x + 99, y))
    canvas.add(_alert_mark(x + 178, y - 4, ""), svg.text("Alert", x + 188, y))


def _dashed(points: Sequence[tuple[float, float]]) -> str:
    return svg.element(
        "path",
        class_="c-s-bad",
        d=svg.way(points),
        fill="none",
        stroke=svg.COLOURS["bad"],
        stroke_width=1.25,
        stroke_dasharray="5 3",
    )


def _alert_mark(x: float, y: float, hint: str) -> str:
    corners = [(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)]
    content = svg.element("title", escape(hint)) if hint else ""
    return svg.element(
        "path",
        content,
        class_="c-f-bad c-alert",
        d=svg.way(corners) + "Z",
        fill=svg.COLOURS["bad"],
        stroke=svg.COLOURS["surface"],
        stroke_width=1.25,
    )


def _draw_labels(canvas: Canvas, chunks: Sequence[Chunk], across: Scale, plot: Plot) -> None:
    widest = max(svg.width_of(one.label) for one in chunks) + 14
    every = max(1, -(-int(widest * len(chunks)) // int(plot.right - plot.left)))
    for place, one in enumerate(chunks):
        if place % every == 0:
            canvas.add(svg.text(one.label, across(place + 0.5), plot.bottom + 17, anchor="middle"))


def _draw_periods(canvas: Canvas, chunks: Sequence[Chunk], across: Scale, plot: Plot) -> None:
    if len({one.period for one in chunks}) < 2:
        return
    previous = None
    for place, one in enumerate(chunks):
        if one.period != previous:
            x = across(place)
            if place:
                canvas.add(svg.rule(x, plot.top, x, plot.bottom, kind="c-axis", dash="1 3"))
            canvas.add(svg.text(one.period, x + 5, plot.top - 4, kind="c-faint", size=10))
            previous = one.period


def _draw_threshold(canvas: Canvas, values: Sequence[float | None], across: Scale, vertical: Scale) -> None:
    steps: list[tuple[float, float]] = []
    for place, value in enumerate([*values, None]):
        if is_value(value):
            steps += [(across(place), vertical(value)), (across(place + 1), vertical(value))]
        elif steps:
            canvas.add(_dashed(steps))
            steps = []


def _draw_values(canvas: Canvas, chunks: Sequence[Chunk], across: Scale, vertical: Scale) -> None:
    there = [(place, one, one.value) for place, one in enumerate(chunks) if is_value(one.value)]
    points = [(across(place + 0.5), vertical(value)) for place, _, value in there]
    inside = [(across(place + 0.5), one.low, one.high) for place, one, _ in there]
    ends = [(x, vertical(low), vertical(high)) for x, low, high in inside if is_value(low) and is_value(high)]
    if len(ends) > 1:
        canvas.add(svg.band([(x, low) for x, low, _ in ends], [(x, high) for x, _, high in ends], 0))
    if points:
        canvas.add(svg.series_line(points, 0))
    for (x, y), (_, one, value) in zip(points, there, strict=True):
        hint = f"{one.label}: {exact(value)}{', alert' if one.is_alert else ''}"
        canvas.add(_alert_mark(x, y, hint) if one.is_alert else svg.marker(x, y, 0, hint))
