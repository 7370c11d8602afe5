"""JSON and YAML from outside: what is stored must be storable, digestible and of human size."""

import json
import math
import time
from typing import Any

import pytest

from apps.core.canonical import canonical_json
from apps.core.errors import Invalid
from apps.core.plain import LARGEST_INTEGER, MOST_DEPTH, StoredNumbers, object_of_text, plain_object, storable


def _nested(depth: int) -> dict[str, Any]:
    value: Any = 1
    for _ in range(depth - 1):
        value = [value]
    return {"a": value}


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"text": "ä€😀", "n": 1, "x": 0.1, "yes": True, "none": None, "list": [1, {"a": []}]},
        {"large": LARGEST_INTEGER, "small": -LARGEST_INTEGER},
        _nested(MOST_DEPTH - 1),
    ],
)
def test_plain_values_pass_unchanged(value: dict[str, Any]) -> None:
    assert plain_object(value) is value
    canonical_json(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "text",
        3,
        {"x": float("nan")},
        {"x": float("inf")},
        {"x": 2**53},
        {"x": "nul \x00"},
        {"x": "half \ud83d"},
        {"half \udc00": 1},
        {1: "number for a name"},
        {"x": {1, 2}},
        {"x": b"bytes"},
        {"x": "x" * 200_001},
        {"x": [0] * 10_001},
        _nested(MOST_DEPTH + 1),
        _nested(500),
    ],
    ids=lambda value: str(value)[:30].encode("ascii", "replace").decode(),
)
def test_anything_else_is_refused(value: Any) -> None:
    with pytest.raises(Invalid):
        plain_object(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", {}),
        ("  \n", {}),
        ('{"a": [1, 2.5, null]}', {"a": [1, 2.5, None]}),
        ("a: 1\nb: [x, y]\nc:\n  d: true\n", {"a": 1, "b": ["x", "y"], "c": {"d": True}}),
        ("# a comment\norigin: no\ncountry: NO\non: off\n", {"origin": "no", "country": "NO", "on": "off"}),
        ("date: 2024-01-31\nversion: 012\nhex: 0x1f\nthousands: 1_000\ntime: 12:30\n", {
            "date": "2024-01-31", "version": "012", "hex": "0x1f", "thousands": "1_000", "time": "12:30"}),
        ("n: -3\nx: 1.5e3\nnothing: ~\nempty:\n", {"n": -3, "x": 1500.0, "nothing": None, "empty": None}),
        ("text: |\n  two\n  lines\n", {"text": "two\nlines\n"}),
        ("nan: .nan\ninfinite: .inf\n", {"nan": ".nan", "infinite": ".inf"}),
    ],
)  # fmt: skip
def test_json_and_yaml_are_read_by_the_same_rules(text: str, value: dict[str, Any]) -> None:
    assert object_of_text(text) == value


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(8)
)
WRONG = {
    "a billion laughs": LAUGHS,
    "an alias": "a: &x 1\nb: *x\n",
    "a merge": "a: &x {b: 1}\nc:\n  <<: *x\n",
    "python": "a: !!python/object/apply:os.system ['true']\n",
    "a tag": "a: !!binary aGVsbG8=\n",
    "a wrong timestamp": "a: !!timestamp never\n",
    "a wrong number": "a: !!int twelve\n",
    "a set": "a: !!set {x, y}\n",
    "a list": "- a\n- b\n",
    "a word": "just words\n",
    "two documents": "a: 1\n---\nb: 2\n",
    "a tab": "a:\n\t- b\n",
    "a number for a name": "1: x\n",
    "a list for a name": "? [a, b]\n: x\n",
    "an overflow": "a: 1.0e999\n",
    "half a character": '{"a": "\\ud83d"}',
    "nul": '{"a": "\\u0000"}',
    "nan": '{"a": NaN}',
    "broken json": '{"a": 1',
    "a long number": '{"a": ' + "9" * 5_000 + "}",
    "deep json": '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "deep yaml": "a: " + "[" * 50_000 + "]" * 50_000,
    "too long": "a: " + "x" * 200_001,
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
def test_hostile_or_broken_text_is_refused_quickly(text: str) -> None:
    began = time.monotonic()
    with pytest.raises(Invalid) as refused:
        object_of_text(text, "provenance")
    assert "provenance" in refused.value.message
    assert time.monotonic() - began < 5


def test_the_line_where_reading_stopped_is_named() -> None:
    with pytest.raises(Invalid, match="line 3"):
        object_of_text("a: 1\nb: [1\nc: 2\n")


def test_a_result_is_read_back_to_the_last_bit() -> None:
    numbers = [0.1, 5e-324, 1.4285714285714287e21, -1e16, 1e300, 0, 7, 2**53 - 1]
    # PostgreSQL's jsonb keeps decimals and writes them out in full.
    written = json.dumps(numbers).replace("1.4285714285714287e+21", "1428571428571428700000").replace("e+16", "0" * 16)
    assert json.loads(written, cls=StoredNumbers) == numbers
    assert [type(number) for number in json.loads("[7, 7.0]", cls=StoredNumbers)] == [int, float]


def test_characters_that_no_database_stores_are_replaced() -> None:
    assert storable({"said": ["a\x00b", ("\ud800",)], "n\x00": 1.5}) == {
        "said": ["a\ufffdb", ["\ufffd"]],
        "n\ufffd": 1.5,
    }


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_diverged_has_no_result(value: float) -> None:
    with pytest.raises(Invalid) as refused:
        storable({"losses": [1.0, value]})
    assert refused.value.code == "result.not_finite"
