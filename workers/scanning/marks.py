"""Habits of machine-written text in one text: stock phrases, lists in bold, sentences of even length."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parent / "data" / "machine-written-1.json"
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]")
_ODD = re.compile("[\u0130\u0131\u017f\u212a]")  # letters that count as i, s and k where case does not


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


@dataclass(frozen=True)
class Habit:
    """One pattern. ``needs``: small letters of which some stand in every text that it fits."""

    family: str
    weight: float
    needs: tuple[str, ...]
    pattern: re.Pattern[str]


@lru_cache(1)
def habits() -> tuple[Habit, ...]:
    """The patterns of the data file, ready to use."""
    flags = re.IGNORECASE | re.MULTILINE
    listed = known()["patterns"]
    return tuple(Habit(p["family"], p["weight"], tuple(p["needs"]), re.compile(p["regex"], flags)) for p in listed)


def look(text: str) -> Marks:
    """The habits of a text. Short texts are looked at for stock phrases too: a refusal is short."""
    weights: dict[str, float] = {}
    for habit in likely(text):
        if habit.weight > weights.get(habit.family, 0.0) and habit.pattern.search(text):
            weights[habit.family] = habit.weight
    even = known()["evenness"]
    spread = variation(text)
    if spread is not None and spread <= even["variation"]:
        weights["evenness"] = even["weight"]
    is_short = len(text.split()) < known()["least_words"]
    return Marks(round(sum(weights.values()), 3), tuple(sorted(weights)), is_short)


def likely(text: str) -> Iterator[Habit]:
    """The habits that the text may show; most texts are ruled out by a look for fixed words."""
    low = text.lower()
    is_open = not text.isascii() and _ODD.search(text) is not None
    return (habit for habit in habits() if is_open or any(map(low.__contains__, habit.needs)))


def variation(text: str) -> float | None:
    """Standard deviation of sentence lengths in words over their mean (burstiness); None below five sentences."""
    lengths = [len(sentence.split()) for sentence in _SENTENCE.findall(text)]
    lengths = [length for length in lengths if length > 1]
    if len(lengths) < known()["evenness"]["sentences"]:
        return None
    return float(np.std(lengths) / np.mean(lengths))
