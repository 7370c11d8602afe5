"""Charts as SVG, the same drawing for the page and for paper. Pure Python; the same input gives the same bytes.

The drawing carries light colours as presentation attributes, which WeasyPrint and any viewer understand; on a page
static/css/charts.css overrides them through the classes, so that it follows the theme.
"""

from apps.core.charts.bars import Bar, bar_chart
from apps.core.charts.chart import NARROW, Axis, Chart
from apps.core.charts.graph import Edge, Node, graph
from apps.core.charts.histogram import histogram
from apps.core.charts.lanes import Point, lanes
from apps.core.charts.lines import Series, line_chart, sparkline
from apps.core.charts.multiples import Small, multiples
from apps.core.charts.thresholds import Chunk, threshold_chart

__all__ = [
    "NARROW",
    "Axis",
    "Bar",
    "Chart",
    "Chunk",
    "Edge",
    "Node",
    "Point",
    "Series",
    "Small",
    "bar_chart",
    "graph",
    "histogram",
    "lanes",
    "line_chart",
    "multiples",
    "sparkline",
    "threshold_chart",
]
