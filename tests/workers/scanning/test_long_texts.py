"""Very long and very odd cells go through every check that reads text: time grows with their length, not its square."""

import pytest

from workers.scanning import duplicates, markers, overlap, text, toxicity

from .fed import section

LENGTH = 200_000
ODD = {
    "one word": "a" * LENGTH,
    "digits": "9" * LENGTH + " isbn 978",
    "lines": "confidential\n" + "-\n" * (LENGTH // 2),
    "dashes": "CONFIDENTIAL " * 200 + "-" * LENGTH,
    "overrides": "\u202e" * LENGTH,
    "tags": "\U000e0041" * LENGTH,
    "broken": "Ã© \ufffd" * (LENGTH // 4),
    "disguised": "paypаl " * (LENGTH // 7),
    "insults": "you idiot " * (LENGTH // 10),
    "ideographs": "海岸" * (LENGTH // 2),
}


@pytest.mark.parametrize("name", ODD)
def test_long_odd_texts_pass(tmp_path, name) -> None:
    for check in (duplicates, overlap, text, toxicity, markers):
        found = section(check.make, [{"a": ODD[name]}, {"a": "plain"}], tmp_path / check.__name__)
        assert found["rows_scanned"] == 2
