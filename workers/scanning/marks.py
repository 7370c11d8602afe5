"""Habits of machine-written text in one text: stock phrases, lists in bold, sentences of even length."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parent / "data" / "machine-written-1.json"
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]")


@dataclass(frozen=True)
class Marks:
    """What one text shows: the sum of weights, and the families of habits; ``is_short``: too short to tell."""

    score: float
    families: tuple[str, ...]
    is_short: bool

    @property
    def is_marked(self) -> bool:
        return self.score >= float(known()["threshold"])


@lru_cache(1)
def known() -> dict[str, Any]:
    """The data file."""
    return dict(json.loads(DATA.read_text("utf-8")))


@lru_cache(1)
def _patterns() -> tuple[tuple[str, float, re.Pattern[str]], ...]:
    flags = re.IGNORECASE | re.MULTILINE
    return tuple((p["family"], p["weight"], re.compile(p["regex"], flags)) for p in known()["patterns"])


def look(text: str) -> Marks:
    """The habits of a text. Short texts are looked at for stock phrases too: a refusal is short."""
    weights: dict[str, float] = {}
    for family, weight, pattern in _patterns():
        if weight > weights.get(family, 0.0) and pattern.search(text):
            weights[family] = weight
    even = known()["evenness"]
    spread = variation(text)
    if spread is not None and spread <= even["variation"]:
        weights["evenness"] = even["weight"]
    is_short = len(text.split()) < known()["least_words"]
    return Marks(round(sum(weights.values()), 3), tuple(sorted(weights)), is_short)


def variation(text: str) -> float | None:
    """Standard deviation of sentence lengths in words over their mean (burstiness); None below five sentences."""
    lengths = [len(sentence.split()) for sentence in _SENTENCE.findall(text)]
    lengths = [length for length in lengths if length > 1]
    if len(lengths) < known()["evenness"]["sentences"]:
        return None
    return float(np.std(lengths) / np.mean(lengths))
