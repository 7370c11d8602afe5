"""The text check: languages, lengths, encoding faults, and characters that are not seen, each against planted cases."""

import json
import random
import statistics

import pytest

from workers.scanning import garbled, invisible, language
from workers.scanning.config import Config
from workers.scanning.lengths import Lengths
from workers.scanning.text import make

from .fed import section, section_after_kill
from .sentences import BY_LANGUAGE, HONEST


def labelled() -> list[tuple[str, str]]:
    return [(code, text) for code, texts in BY_LANGUAGE.items() for text in texts]


def test_languages_are_told_at_least_as_well_as_stated() -> None:
    judged = [(code, *language.of(text)) for code, text in labelled()]
    right = sum(code == found for code, found, _ in judged)
    sure = [(code, found) for code, found, probability in judged if probability >= language.SURE]
    wrong = [(code, found) for code, found in sure if code != found]
    assert (right, len(sure), len(judged), wrong) == (57, 56, 57, [])
    assert "57 labelled" in language.MEASURED and "56 of them" in language.MEASURED


def test_a_row_with_several_hidden_characters_counts_once(tmp_path) -> None:
    rows = [{"a": "one\u200btwo \u202ethree\u202c"}, {"a": "plain", "b": "MÃ¼nchen und KÃ¶ln\u200b"}, {"a": "plain"}]
    found = section(make, rows, tmp_path)
    assert found["invisible"]["rows"] == 2 and len(found["invisible"]["suspicious"]) == 3
    assert found["encoding"]["rows"] == 1


@pytest.mark.parametrize("text", ["", "42", "OK", "4111 1111 1111 1111", "https://example.org/a/long/path/of/words"])
def test_too_few_letters_have_no_language(text) -> None:
    assert language.of(text) == ("", 0.0)


def test_shares_and_rows_of_languages(tmp_path) -> None:
    rows = [{"a": text} for text in BY_LANGUAGE["de"] * 2 + BY_LANGUAGE["ja"]] + [{"a": "7"}]
    found = section(make, rows, tmp_path)["language"]
    assert found["main"] == "de"
    shares = {entry["code"]: (entry["name"], entry["rows"], entry["share"]) for entry in found["languages"]}
    assert shares == {"de": ("German", 6, 0.6), "ja": ("Japanese", 3, 0.3)}
    assert found["languages"][1]["row_numbers"] == [6, 7, 8]
    assert all(0.5 <= entry["confidence"] <= 1 for entry in found["languages"])
    assert found["too_short"]["row_numbers"] == [9]


def test_quantiles_lie_within_one_per_cent() -> None:
    source = random.Random(1)
    values = [0] * 20 + [int(source.lognormvariate(5, 1.5)) for _ in range(20_000)]
    lengths = Lengths()
    for value in values:
        lengths.add(value)
    told = lengths.told()
    exact = statistics.quantiles(values, n=100, method="inclusive")
    for percent, value in told["quantiles"].items():
        assert value == pytest.approx(exact[int(percent) - 1], rel=0.015, abs=1)
    assert (told["least"], told["most"], told["total"]) == (0, max(values), sum(values))
    assert sum(step["rows"] for step in told["histogram"]) == len(values)


def test_lengths_of_rows_and_columns(tmp_path) -> None:
    found = section(make, [{"a": "one two", "b": ["three", "four five"]}, {"a": "", "b": "Ä"}], tmp_path)["length"]
    assert (found["characters"]["most"], found["words"]["most"], found["characters"]["least"]) == (21, 5, 1)
    assert found["columns"]["a"]["empty"] == 1
    assert found["tokens"]["total"] == 6 + 1
    empty = section(make, [{"a": None}], tmp_path)["length"]
    assert empty["words"]["quantiles"]["50"] == 0


GARBLED = [
    ("mojibake", "CafÃ© und StraÃŸe"),
    ("mojibake", "itâ€™s â€œquotedâ€\x9d"),
    ("mojibake", "ÐŸÑ€Ð¸Ð²ÐµÑ‚"),
    ("mojibake", "10Â\xa0km"),
    ("mojibake", "æ—¥æœ¬"),
    ("replacement", "Caf\ufffd"),
    ("control", "a\x00b"),
    ("control", "x\x1b[31m"),
    ("control", "Ä\x85\x9d"),
    ("noncharacter", "a\uffff"),
    ("private_use", "\uf0b7 bullet"),
    ("html_entities", "Tom &amp; Jerry &#8217;"),
    ("escapes", "caf\\u00e9"),
    ("not_composed", "cafe\u0301"),
]


@pytest.mark.parametrize(("kind", "text"), GARBLED)
def test_garbled_text_is_found(kind, text) -> None:
    assert kind in {found for found, _, _ in garbled.find(text)}


def test_ordinary_text_is_not_garbled() -> None:
    texts = [text for _, text in labelled()] + [t for t in HONEST if "\ufeff" not in t]
    texts += [
        "R&D & more",
        "C:\\users\\x",
        "if (a && b) { return; }",
        "Â and Ã are letters, so is É»",
        "a\tb\r\nc",
        "\u0085",
    ]
    assert [(text, kind) for text in texts for kind, _, _ in garbled.find(text)] == []


def test_mixed_forms_are_told(tmp_path) -> None:
    faults = section(make, [{"a": "cafe\u0301"}, {"a": "café"}], tmp_path)["encoding"]
    assert faults["mixed_forms"] is True
    assert faults["faults"] == [
        {"kind": "not_composed", "label": garbled.KINDS["not_composed"], "count": 1, "rows": 1, "row_numbers": [0]}
    ]
    assert section(make, [{"a": "cafe\u0301"}, {"a": "cafe"}], tmp_path)["encoding"]["mixed_forms"] is False


HIDDEN = [
    ("bidi_override", "if access == \u202e'resu'\u202c:"),
    ("bidi_unclosed", "/* \u2066 begin */"),
    ("bidi_unclosed", "end \u2069 only"),
    ("bidi_unclosed", "\u202bשלום\nnext line"),
    ("bidi_control", "plain \u2067Latin\u2069 text"),
    ("direction_mark", "plain\u200f Latin text"),
    ("zero_width", "ig\u200bnore previous"),
    ("zero_width", "pass\u200dword"),
    ("zero_width", "pass\u200cword"),
    ("zero_width", "in the mid\ufeffdle"),
    ("tag_characters", "hello" + "".join(chr(0xE0000 + ord(letter)) for letter in "ignore this")),
    ("variation_selectors", "a" + "".join(chr(0xE0100 + byte) for byte in b"secret")),
    ("variation_selectors", "😀" + "".join(chr(0xFE00 + byte % 16) for byte in b"secret")),
    ("variation_selectors", "x\ufe0f"),
    ("filler", "name\u3164"),
    ("soft_hyphen", "a \u00ad b"),
    ("mixed_scripts", "log in to pаypаl today"),
    ("mixed_scripts", "Мой пaроль"),
    ("mixed_scripts", "Αdmin account"),
]


@pytest.mark.parametrize(("kind", "text"), HIDDEN)
def test_hidden_characters_are_found(kind, text) -> None:
    assert kind in {odd.kind for odd in invisible.find(text) if not odd.honest}


@pytest.mark.parametrize("text", HONEST)
def test_honest_uses_are_not_suspected(text) -> None:
    assert [odd for odd in invisible.find(text) if not odd.honest] == []


def test_ordinary_sentences_are_not_suspected() -> None:
    assert [text for _, text in labelled() if any(not odd.honest for odd in invisible.find(text))] == []


def test_code_points_are_named_and_places_told(tmp_path) -> None:
    rows = [{"a": "plain"}, {"a": "x", "b": "y \u202e z\u200b"}, {"a": HONEST[0]}]
    found = section(make, rows, tmp_path)["invisible"]
    assert found["code_points"] == [
        {"code": "U+200B", "name": "ZERO WIDTH SPACE", "count": 1},
        {"code": "U+202E", "name": "RIGHT-TO-LEFT OVERRIDE", "count": 1},
    ]
    assert found["places"][0] == {
        "row": 1, "column": "b", "kind": "bidi_override", "start": 2, "end": 3, "codes": ["U+202E"],
    }  # fmt: skip
    assert [(odd["kind"], odd["row_numbers"]) for odd in found["honest"]] == [("zero_width", [2])]


def test_lists_are_bounded(tmp_path) -> None:
    rows = [{"a": "x\u200by" + "\U000e0041" * 500 + "caf\ufffd"} for _ in range(400)]
    found = section(make, rows, tmp_path, Config(max_rows_listed=10, max_samples=2))
    assert len(json.dumps(found)) < 12_000
    tags = next(odd for odd in found["invisible"]["suspicious"] if odd["kind"] == "tag_characters")
    assert (tags["count"], tags["rows"], len(tags["row_numbers"])) == (200_000, 400, 10)


def test_a_killed_scan_goes_on_and_says_the_same(tmp_path) -> None:
    texts = [text for _, text in labelled()] + HONEST + [text for _, text in GARBLED + HIDDEN]
    rows = [{"a": text, "b": str(number)} for number, text in enumerate(texts)]
    whole = section(make, rows, tmp_path / "whole")
    assert section_after_kill(make, rows, tmp_path / "killed") == whole
    assert {"method", "versions", "rows_scanned", "error_rate"} <= whole.keys()
