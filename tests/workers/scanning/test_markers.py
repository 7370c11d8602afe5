"""Markers of rights and secrecy are found, ordinary sentences are not; passages of protected works are recognised."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from workers.scanning import fingerprints, markers, notices
from workers.scanning.checks import Reference
from workers.scanning.config import Config
from workers.scanning.markers import make

from .fed import section, section_after_kill
from .marked import MARKED, UNMARKED
from .sentences import BY_LANGUAGE
from .test_duplicates import sentence

LABELLED = [(kind, text) for kind, texts in MARKED.items() for text in texts]


@pytest.mark.parametrize(("kind", "text"), LABELLED)
def test_markers_are_found(kind, text) -> None:
    assert kind in {found for found, _ in notices.find(text)}


@pytest.mark.parametrize("text", UNMARKED)
def test_ordinary_sentences_have_no_marker(text) -> None:
    assert list(notices.find(text)) == []


def test_sentences_in_many_languages_have_no_marker() -> None:
    assert [text for texts in BY_LANGUAGE.values() for text in texts if list(notices.find(text))] == []


def test_the_stated_error_rate_is_the_measured_one() -> None:
    found = sum(kind in {met for met, _ in notices.find(text)} for kind, text in LABELLED)
    wrong = sum(bool(list(notices.find(text))) for text in UNMARKED)
    stated = (
        f"of {len(LABELLED)} labelled texts with a marker {found} were found, of {len(UNMARKED)} without one {wrong}"
    )
    assert markers.MEASURED.startswith(stated)


def test_every_kind_has_a_label_and_every_need_is_lower_case() -> None:
    assert {rule.kind for rule in notices.RULES} | {"isbn", "issn", "doi"} == notices.LABELS.keys()
    assert all(need == need.lower() and need for rule in notices.RULES for need in rule.needs)


def test_findings_tell_rows_and_wordings_but_no_names(tmp_path) -> None:
    rows = [{"a": "© Jane Doe"}, {"a": "plain"}, {"a": "© 2020 X", "b": "tlp:red and TLP:RED"}]
    found = section(make, rows, tmp_path)
    assert [(f["kind"], f["count"], f["rows"], f["row_numbers"]) for f in found["findings"]] == [
        ("confidential", 2, 1, [2]),
        ("copyright_notice", 2, 2, [0, 2]),
    ]
    assert found["rows"] == 2
    assert {form["text"] for form in found["findings"][1]["forms"]} == {"© •••", "© 2020"}
    assert "jane" not in json.dumps(found).lower()


def test_forms_and_rows_are_bounded(tmp_path) -> None:
    rows = [{"a": f"SPDX-License-Identifier: X-{number}"} for number in range(500)]
    found = section(make, rows, tmp_path, Config(max_rows_listed=5))["findings"][0]
    assert (found["count"], len(found["row_numbers"]), len(found["forms"])) == (500, 5, 20)


@pytest.fixture
def works(tmp_path: Path) -> tuple[list[str], Reference]:
    source = random.Random(5)
    texts = [" ".join(sentence(source, 200)).capitalize() + "." for _ in range(30)]
    path = tmp_path / "works.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    return texts, Reference("The novels", (str(path),), "d" * 64)


def test_passages_of_protected_works_are_found_by_length(tmp_path, works) -> None:
    texts, reference = works
    rows = [{"a": f"row {number} says nothing of interest"} for number in range(50)]
    rows[10]["a"] = f"He quoted: {texts[3][100:700].upper()} and went on."
    rows[20]["a"] = texts[7].replace(" ", "\n - ")
    found = section(make, rows, tmp_path, Config(protected=(reference,)))["protected"][0]
    assert (found["label"], found["content"], found["rows"], found["row_numbers"]) == (
        "The novels", "d" * 64, 2, [10, 20],
    )  # fmt: skip
    lengths = {passage["row"]: passage["characters"] for passage in found["longest"]}
    whole = len(fingerprints.squeezed(texts[7]))
    assert whole - 2 * fingerprints.WINDOW <= lengths[20] <= whole
    assert 1 / 30 < found["share"] < 2 / 30
    assert 0 < found["share_of_text"] <= 1


def test_passages_of_the_guaranteed_length_are_always_found_and_short_ones_never(tmp_path, works) -> None:
    texts, reference = works
    squeezed = [fingerprints.squeezed(text) for text in texts]
    source = random.Random(6)
    cuts = [(source.choice(squeezed), source.randrange(900)) for _ in range(300)]
    long = [{"a": text[start : start + fingerprints.GUARANTEED]} for text, start in cuts if start + 80 <= len(text)]
    short = [{"a": text[start : start + fingerprints.GRAM - 1]} for text, start in cuts]
    config = Config(protected=(reference,), max_rows_listed=1000)
    assert section(make, long, tmp_path, config)["protected"][0]["rows"] == len(long)
    assert section(make, short, tmp_path, config)["protected"][0]["rows"] == 0


def test_ordinary_sentences_share_no_passage_with_the_works(tmp_path, works) -> None:
    rows = [{"a": text} for texts in BY_LANGUAGE.values() for text in texts]
    found = section(make, rows, tmp_path, Config(protected=(works[1],)))["protected"][0]
    assert (found["rows"], found["fingerprints_found"], found["longest"]) == (0, 0, [])
    assert found["fingerprints"] > 500


def test_winnowing_keeps_the_least_of_every_window() -> None:
    hashes = np.random.default_rng(1).integers(0, 50, 500).astype(np.uint64)
    kept = fingerprints.winnowed(hashes).tolist()
    for start in range(len(hashes) - fingerprints.WINDOW + 1):
        window = hashes[start : start + fingerprints.WINDOW]
        assert start + fingerprints.WINDOW - 1 - int(np.argmin(window[::-1])) in kept
    assert fingerprints.winnowed(hashes[:0]).tolist() == []
    assert len(fingerprints.winnowed(hashes[:5])) == 1


def test_a_killed_scan_goes_on_and_says_the_same(tmp_path, works) -> None:
    texts, reference = works
    rows = [{"a": text, "b": texts[number % 30][:200]} for number, (_, text) in enumerate(LABELLED)]
    config = Config(protected=(reference,))
    whole = section(make, rows, tmp_path / "whole", config)
    assert section_after_kill(make, rows, tmp_path / "killed", config) == whole
    assert {"method", "versions", "rows_scanned", "error_rate"} <= whole.keys()
