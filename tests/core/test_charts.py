"""Charts: valid SVG, the same bytes each time, nothing unescaped, a table that says what the drawing shows."""

import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from apps.core.charts import (
    NARROW,
    Axis,
    Bar,
    Chart,
    Chunk,
    Edge,
    Node,
    Point,
    Series,
    Small,
    bar_chart,
    graph,
    histogram,
    lanes,
    line_chart,
    multiples,
    sparkline,
    threshold_chart,
)
from apps.core.charts.chart import tick_words, ticks
from apps.core.charts.svg import COLOURS, cut, width_of

EVIL = "<script>\"&'</script>"
CSS = Path(__file__).resolve().parents[2] / "static/css"


def line(name: str = "Loss") -> Chart:
    series = [
        Series(name, [0, 10, 20], [3.0, None, 1.5], [2.9, None, 1.4], [3.1, None, 1.6]),
        Series("Held out", [0, 20], [3, 2]),
    ]
    return line_chart(name, x=Axis("Step"), y=Axis("Loss", "nats per token"), series=series)


def bars(label: str = "ROUGE-L") -> Chart:
    return bar_chart(
        label,
        value=Axis("Score"),
        bars=[Bar(label, 0.2, 0.1, 0.3, "Base"), Bar(label, 0.6, 0.5, 0.7, "Tuned"), Bar("Toxicity", None)],
    )


def drift(label: str = "0–5k") -> Chart:
    chunks = [
        Chunk(label, 0.97, 0.96, 0.98, period="reference"),
        Chunk("5k–10k", 0.91, 0.96, None, True, 0.9, 0.92, "analysis"),
    ]
    return threshold_chart(label, x=Axis("Chunk"), y=Axis("ROC AUC"), chunks=chunks)


def lineage(label: str = "Base") -> Chart:
    nodes = [
        Node("b", label, "Model", "/models/1"),
        Node("d", "Data", tone="good"),
        Node("v", "Version 3", tone="info"),
    ]
    return graph(label, nodes=nodes, edges=[Edge("b", "v", label), Edge("d", "v", "trained on")])


def spark(title: str = "Requests") -> Chart:
    return sparkline([1, None, 3, 2], title=title)


def columns(name: str = "age") -> Chart:
    lines = [Small(name, (0.1, None, 0.4), is_marked=True), Small("b", ()), Small("c", (1, 1)), Small("d", (2.0,))]
    return multiples("Course of each column", lines)


def history(title: str = "History") -> Chart:
    points = [
        Point("5", "main", title, title, ("4", "3"), (title, "main"), (title,), "/data/5"),
        Point("4", "main", "v4", "More", ("2",)),
        Point("3", "other", "v3", "Other", ("2",), ("other",) * 12),
        Point("2", "main", "v2", "", ("1",), tags=("first",)),
    ]
    return lanes(title, points)


ALL = [line, bars, drift, lineage, spark, columns, history]


@pytest.mark.parametrize("draw", ALL)
def test_drawing_is_sound(draw):
    chart = draw()
    root = ET.fromstring(chart.svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root[0].tag.endswith("title")
    assert root[0].text.startswith(chart.title)
    assert root[1].tag.endswith("desc")
    assert root[1].text == chart.description != ""
    assert "style=" not in chart.svg
    assert "nan" not in chart.svg.lower().replace("finance", "")
    assert draw() == chart
    assert chart.table_rows
    assert {len(row) for row in chart.table_rows} == {len(chart.table_headers)}


@pytest.mark.parametrize("draw", ALL)
def test_text_is_escaped(draw):
    svg = draw(EVIL).svg
    ET.fromstring(svg)
    assert "<script" not in svg


@pytest.mark.parametrize("draw", ALL)
def test_everything_drawn_lies_inside(draw):
    root = ET.fromstring(draw().svg)
    _, _, width, height = map(float, root.get("viewBox").split())
    for shape in root.iter():
        for name, limit in (("x", width), ("y", height), ("x1", width), ("x2", width), ("cx", width), ("cy", height)):
            if shape.get(name):
                assert -0.5 <= float(shape.get(name)) <= limit + 0.5, (shape.tag, shape.attrib)


def test_classes_and_colours_exist_in_the_style_sheets():
    sheet = (CSS / "charts.css").read_text()
    for draw in ALL:
        names = {name for names in re.findall(r'class="([^"]+)"', draw().svg) for name in names.split()}
        assert all(f".{name}" in sheet for name in names), names
    light = dict(re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6})", (CSS / "tokens.css").read_text()))
    assert {name: light[name] for name in COLOURS} == COLOURS


def test_an_image_holds_no_links_and_a_group_does():
    assert 'role="img"' in line().svg
    assert 'role="group"' in lineage().svg
    assert 'href="/models/1"' in lineage().svg


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "https://evil.example"])
def test_graph_links_stay_on_the_portal(url):
    with pytest.raises(ValueError, match="path on this portal"):
        graph("G", nodes=[Node("a", "A", url=url)], edges=[])


def test_a_history_tells_what_came_from_what():
    chart = history()
    rows = {row[0]: row for row in chart.table_rows}
    assert rows["History"][1:3] == ("main", "v4, v3")
    assert rows["v2"][2:4] == ("earlier", "first")
    assert chart.svg.count("<circle") == 5, "a ring where lines join"
    assert chart.svg.count("stroke-dasharray") == 1, "what is not shown ends in dashes"
    with pytest.raises(ValueError, match="path on this portal"):
        lanes("H", [Point("1", "main", "v1", url="https://evil.example")])
    assert "No values yet" in lanes("H", []).svg


def test_graph_refuses_circles_and_strangers():
    nodes = [Node("a", "A"), Node("b", "B")]
    with pytest.raises(ValueError, match="circle"):
        graph("G", nodes=nodes, edges=[Edge("a", "b"), Edge("b", "a")])
    with pytest.raises(ValueError, match="not there"):
        graph("G", nodes=nodes, edges=[Edge("a", "c")])


def test_versions_of_one_model_are_told_apart_in_boxes_too_narrow_for_its_name():
    nodes = [Node(str(number), f"An assistant with a long name v{number}") for number in (9, 10)]
    words = [element.text or "" for element in ET.fromstring(graph("G", nodes=nodes, edges=[]).svg).iter()]
    assert [word[-4:] for word in words if word.startswith("An as") and "…" in word] == ["… v9", " v10"]


def test_graph_goes_from_left_to_right_without_needless_crossings():
    nodes = [Node(key, key) for key in "abcdxyzw"]
    edges = [Edge("a", "w"), Edge("b", "z"), Edge("c", "y"), Edge("d", "x")]
    root = ET.fromstring(graph("G", nodes=nodes, edges=edges).svg)
    at = {}
    for box in root.iter("{http://www.w3.org/2000/svg}g"):
        rect = box.find("{http://www.w3.org/2000/svg}rect")
        at[box[0].text] = (float(rect.get("x")), float(rect.get("y")))
    assert all(at[edge.source][0] < at[edge.target][0] for edge in edges)
    assert all(at[edge.source][1] == at[edge.target][1] for edge in edges)


def test_a_missing_value_is_a_gap_and_never_zero():
    chart = line_chart(
        "L", x=Axis("Step"), y=Axis("Loss"), series=[Series("a", [0, 1, 2, 3], [1.0, math.nan, 2.0, 3.0])]
    )
    assert chart.svg.count("<path") == 2
    assert chart.table_rows[1] == ("1", "—")
    assert "not measured" in bars().svg


@pytest.mark.parametrize(
    "chart",
    [
        line_chart("Empty", x=Axis("Step"), y=Axis("Loss"), series=[]),
        bar_chart("Empty", value=Axis("Score"), bars=[Bar("a", None)]),
        threshold_chart("Empty", x=Axis("Chunk"), y=Axis("AUC"), chunks=[]),
        graph("Empty", nodes=[], edges=[]),
        sparkline([], title="Empty"),
    ],
    ids=lambda chart: chart.kind,
)
def test_nothing_to_draw_is_said(chart):
    ET.fromstring(chart.svg)
    assert "No values yet." in chart.svg


def test_series_of_different_length_are_refused():
    with pytest.raises(ValueError, match="differ in length"):
        Series("a", [1, 2], [1])


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (5, 5, [4.4, 4.6, 4.8, 5, 5.2, 5.4, 5.6]), (-3, 7, [-4, -2, 0, 2, 4, 6, 8])],
)
def test_ticks_are_round_and_span_the_values(low, high, expected):
    assert ticks(low, high) == expected


def test_whole_numbers_are_counted_in_whole_steps() -> None:
    assert ticks(0, 3, least=1.0) == [0, 1, 2, 3]
    assert ticks(0, 400, least=1.0) == ticks(0, 400)
    drawn = bar_chart("Kinds", value=Axis("Matches"), bars=[Bar("E-mail", 1), Bar("Phone", 2)]).svg
    assert ">0.5<" not in drawn and ">2<" in drawn


@pytest.mark.parametrize("spread", [1e-9, 3.3e-4, 1, 77, 1e12])
def test_ticks_span_any_range(spread):
    marks = ticks(1.5, 1.5 + spread)
    assert marks[0] <= 1.5
    assert marks[-1] >= 1.5 + spread * 0.999
    assert len(set(tick_words(marks))) == len(marks) <= 9


def test_alerts_are_marked_and_told():
    chart = drift()
    assert chart.svg.count("c-alert") == 2  # the legend's and the one that was raised
    assert "1 of 2 chunks raised an alert: 5k–10k." in chart.description
    assert chart.table_rows[1][-1] == "yes"


def test_long_words_are_cut_to_the_room():
    words = cut("A very long application name that does not fit", 100)
    assert words.endswith("…")
    assert width_of(words) <= 100


def test_a_histogram_has_a_column_for_each_bin_that_holds_rows() -> None:
    drawn = histogram(EVIL, value=Axis("Length", "characters"), low=0, high=4, counts=[1, 0, 3, 2])
    ET.fromstring(drawn.svg)
    assert drawn.svg.count("<rect") == 4 and "<script>" not in drawn.svg
    assert drawn.table_rows == (("0", "1", "1"), ("1", "2", "0"), ("2", "3", "3"), ("3", "4", "2"))
    assert "No values yet" in histogram("Empty", value=Axis("Value"), low=0, high=1, counts=[0, 0]).svg


def test_bars_can_be_narrow() -> None:
    assert 'width="360"' in bar_chart("Labels", value=Axis("Rows"), bars=[Bar("a", 1.0)], width=NARROW).svg


def test_an_arrow_that_skips_a_layer_passes_between_the_boxes() -> None:
    nodes = [Node(key, key) for key in "abcdefg"]
    ends = ["ab", "bc", "cd", "ad", "ac", "be", "ae", "ef", "af", "dg", "ag", "bg"]
    drawn = graph("Line", nodes=nodes, edges=[Edge(*pair) for pair in ends])
    boxes = [
        (float(found[1]), float(found[2]))
        for rect in re.findall(r"<rect[^>]*c-node[^>]*>", drawn.svg)
        if (found := re.search(r'x="([\d.]+)" y="([\d.]+)"', rect))
    ]
    assert len(boxes) == 7
    straight = [
        ((float(x1), float(y1)), (float(x2), float(y2)))
        for x1, y1, x2, y2 in re.findall(r"([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)", drawn.svg)
    ]
    assert len(straight) >= 6, "the long arrows cross layers in lanes"
    for (x1, y1), (x2, y2) in straight:
        assert y1 == y2 and x2 - x1 == 158
        assert not any(abs(x - x1) < 1 and y - 4 < y1 < y + 54 for x, y in boxes), "behind a box"
