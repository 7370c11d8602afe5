"""How values are spread: standing columns, one a bin, small enough to stand beside each other."""

from collections.abc import Sequence

from apps.core import formatting
from apps.core.charts import svg
from apps.core.charts.chart import LEFT_EDGE, NARROW, Axis, Canvas, Chart, exact

_WIDTH, _HEIGHT, _TOP, _BOTTOM = NARROW, 150.0, 42.0, 124.0


def histogram(
    title: str, *, value: Axis, low: float, high: float, counts: Sequence[int], description: str = ""
) -> Chart:
    """Rows counted in bins of equal width from `low` to `high`; the last bin holds `high` itself."""
    headers = (f"{value.label}, from", "below", "Rows")
    canvas = Canvas(title, _HEIGHT, _WIDTH)
    if not counts or not any(counts):
        return canvas.finish_empty("histogram", headers)
    canvas.heading()
    most = max(counts)
    canvas.add(svg.text(f"Rows, at most {formatting.number(most)} in a bin", LEFT_EDGE, 34, kind="c-faint"))
    left, width = LEFT_EDGE, (_WIDTH - 2 * LEFT_EDGE) / len(counts)
    for place, count in enumerate(counts):
        height = (_BOTTOM - _TOP) * count / most
        canvas.add(
            svg.element(
                "rect",
                class_="c-f1",
                x=left + place * width + 0.5,
                y=_BOTTOM - max(height, 1.0 if count else 0.0),
                width=max(width - 1, 0.5),
                height=max(height, 1.0 if count else 0.0),
                fill=svg.COLOURS["series-1"],
            )
        )
    right = _WIDTH - LEFT_EDGE
    canvas.add(svg.rule(left, _BOTTOM, right, _BOTTOM, kind="c-axis"))
    canvas.add(svg.text(formatting.number(low), left, _BOTTOM + 16))
    canvas.add(svg.text(formatting.number(high), right, _BOTTOM + 16, anchor="end"))
    canvas.add(svg.text(value.label, _WIDTH / 2, _BOTTOM + 16, kind="c-faint", anchor="middle"))
    words = description or f"How {value.label.lower()} is spread from {exact(low)} to {exact(high)}."
    return canvas.finish("histogram", words, headers, _rows(low, high, counts))


def _rows(low: float, high: float, counts: Sequence[int]) -> list[list[str]]:
    step = (high - low) / len(counts)
    edges = [low + place * step for place in range(len(counts))] + [high]
    return [[exact(edges[place]), exact(edges[place + 1]), formatting.number(n)] for place, n in enumerate(counts)]
