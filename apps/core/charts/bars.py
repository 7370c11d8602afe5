"""Horizontal bars with intervals: labels stay readable however long, and the value stands at the end of its bar."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.core import formatting
from apps.core.charts import svg
from apps.core.charts.chart import (
    LEFT_EDGE,
    WIDTH,
    Axis,
    Canvas,
    Chart,
    Scale,
    exact,
    interval_words,
    is_value,
    known,
    tick_words,
    ticks,
)

_THICK, _GAP = 13.0, 12.0


@dataclass(frozen=True)
class Bar:
    """One value. Bars of the same `label` stand together, told apart by `series`; `low` and `high` end its interval."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    series: str = ""


def bar_chart(title: str, *, value: Axis, bars: Sequence[Bar], description: str = "", width: float = WIDTH) -> Chart:
    """Bars from zero with whiskers for intervals. A missing value is written as a dash, never drawn as zero."""
    headers = ("", *(("Series",) if _series(bars) else ()), value.label, "Interval")
    numbers = known(end for bar in bars for end in (bar.value, bar.low, bar.high))
    canvas = Canvas(title, 0.0, width)
    if not numbers:
        return canvas.finish_empty("bar", headers)
    canvas.heading()
    canvas.add(svg.text(value.label, LEFT_EDGE, 36, kind="c-faint"))
    if len(_series(bars)) > 1:
        canvas.legend(_series(bars), as_bars=True)
    least = 1.0 if all(number.is_integer() for number in numbers) else 0.0
    bottom = _draw_groups(canvas, bars, ticks(min(numbers + [0.0]), max(numbers + [0.0]), least=least))
    canvas.height = bottom + 24
    words = description or f"{value.label} of {', '.join(dict.fromkeys(bar.label for bar in bars))}."
    return canvas.finish("bar", words, headers, [_row(bar, bars) for bar in bars])


def _series(bars: Sequence[Bar]) -> list[str]:
    return [name for name in dict.fromkeys(bar.series for bar in bars) if name]


def _row(bar: Bar, bars: Sequence[Bar]) -> list[str]:
    names = [bar.label, bar.series] if _series(bars) else [bar.label]
    return [*names, exact(bar.value), interval_words(bar.low, bar.high)]


def _draw_groups(canvas: Canvas, bars: Sequence[Bar], marks: list[float]) -> float:
    groups = list(dict.fromkeys(bar.label for bar in bars))
    room = min(max(svg.width_of(label) for label in groups), 0.3 * canvas.width)
    scale = Scale(marks[0], marks[-1], LEFT_EDGE + room + 12, canvas.width - 66)
    top = 50.0
    bottom = top + len(bars) * _THICK + len(groups) * _GAP
    for mark, word in zip(marks, tick_words(marks), strict=True):
        x = scale(mark)
        canvas.add(svg.rule(x, top, x, bottom, kind="c-axis" if mark == 0 else "c-grid"))
        canvas.add(svg.text(word, x, bottom + 15, anchor="middle"))
    y = top + _GAP / 2
    for label in groups:
        members = [bar for bar in bars if bar.label == label]
        middle = y + len(members) * _THICK / 2 + 4
        canvas.add(svg.text(svg.cut(label, room), LEFT_EDGE + room, middle, anchor="end"))
        for bar in members:
            _draw_bar(canvas, bar, _place(bar, bars), scale, y)
            y += _THICK
        y += _GAP
    return bottom


def _place(bar: Bar, bars: Sequence[Bar]) -> int:
    names = _series(bars)
    return names.index(bar.series) if bar.series else 0


def _draw_bar(canvas: Canvas, bar: Bar, index: int, scale: Scale, y: float) -> None:
    middle, zero = y + _THICK / 2, scale(0)
    if not is_value(bar.value):
        canvas.add(svg.text("not measured", zero + 6, middle + 4, kind="c-faint"))
        return
    end, number = scale(bar.value), index % svg.SERIES_COUNT + 1
    canvas.add(
        svg.element(
            "rect",
            class_=f"c-f{number}",
            x=min(zero, end),
            y=y + 1,
            width=max(abs(end - zero), 0.75),
            height=_THICK - 2,
            fill=svg.COLOURS[f"series-{number}"],
        )
    )
    reach = max(zero, end)
    if is_value(bar.low) and is_value(bar.high):
        _draw_whisker(canvas, scale(bar.low), scale(bar.high), middle)
        reach = max(reach, scale(bar.high))
    canvas.add(svg.text(formatting.number(bar.value), reach + 7, middle + 4, kind="c-value"))


def _draw_whisker(canvas: Canvas, low: float, high: float, middle: float) -> None:
    # A paper-coloured line below keeps the whisker visible on its own dark bar.
    paper = svg.COLOURS["surface"]
    for x1, y1, x2, y2 in (
        (low, middle, high, middle),
        (low, middle - 3.5, low, middle + 3.5),
        (high, middle - 3.5, high, middle + 3.5),
    ):
        canvas.add(svg.element("line", class_="c-halo", x1=x1, y1=y1, x2=x2, y2=y2, stroke=paper, stroke_width=3.5))
    canvas.add(
        svg.rule(low, middle, high, middle, kind="c-whisker"),
        svg.rule(low, middle - 3.5, low, middle + 3.5, kind="c-whisker"),
        svg.rule(high, middle - 3.5, high, middle + 3.5, kind="c-whisker"),
    )
