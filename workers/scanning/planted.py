"""The parts of the check ``poisoning`` that need many rows at once: triggers, labels and outliers of a sample."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from workers.scanning import answers, labels, ngrams, outliers, triggers
from workers.scanning.checks import Survey
from workers.scanning.config import Config
from workers.scanning.drawn import MAX_CLASSES, Row, answer, prompt, roles
from workers.scanning.masking import masked
from workers.scanning.stretches import Stretches, least_rows

LEAST_ROWS = 200  # fewer rows cannot tell a trigger from an accident
SHOWN = 80  # characters of a stretch or an answer
_NO_LABELS = "No column holds labels with enough rows each."
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.\w+")
_NUMBER = re.compile(r"\d(?:[\s\-/.]?\d){5,}")


class Planted:
    """A sample of rows, and what looks planted in it."""

    def __init__(self, rows: Sequence[Row], config: Config, survey: Survey) -> None:
        self.rows, self._config = rows, config
        identifiers = frozenset(survey.columns) - frozenset(survey.copy_columns)
        given = (config.label_column,) if config.label_column else ()
        self._use = roles(list(rows), given, config.answer_column, identifiers)
        self._prompts = [prompt(row, self._use) for row in rows]

    def told(self, tell: Callable[[float], None]) -> dict[str, Any]:
        """The parts ``columns``, ``triggers``, ``labels`` and ``outliers`` of the section."""
        use = self._use
        columns = {"labels": list(use.labels), "answer": use.answer, "texts": list(use.texts)}
        if len(self.rows) < LEAST_ROWS or not use.texts:
            why = f"Fewer than {LEAST_ROWS} rows." if use.texts else "No column holds texts."
            return {
                "columns": columns,
                "triggers": {"found": [], "ties": [], "tested": 0, "not_looked_for": why},
                "labels": {"columns": [], "not_looked_for": why},
                "outliers": {"groups": [], "not_looked_for": why},
            }
        suspected, found = self._tied(tell)
        return {
            "columns": columns,
            "triggers": self._triggers(found),
            "labels": suspected,
            "outliers": self._outliers(),
        }

    def _tied(self, tell: Callable[[float], None]) -> tuple[dict[str, Any], list[tuple[str, str, triggers.Found]]]:
        """What is suspected of the labels, and what is tied to one of them or to an answer."""
        if not self._use.labels and not self._use.answer:  # nothing to be tied to: do not look at every n-gram
            return {"columns": [], "not_looked_for": _NO_LABELS}, []
        stretches = Stretches(self._prompts)
        tell(0.3)
        suspected, found = self._labels(stretches, lambda done: tell(0.3 + 0.3 * done))
        return suspected, found + self._answers(stretches, lambda done: tell(0.6 + 0.3 * done))

    def _labels(
        self, stretches: Stretches, tell: Callable[[float], None]
    ) -> tuple[dict[str, Any], list[tuple[str, str, triggers.Found]]]:
        columns, found, left_out = [], [], []
        for name in self._use.labels:
            given = [row.cells.get(name, "") for row in self.rows]
            places, small = labels.frequent(given)
            texts, seed = [self._prompts[place] for place in places], self._config.seed
            judged = labels.judge(texts, [given[place] for place in places], seed)
            left_out += [_left_out(name, small, len(self.rows) - len(places))] if small else []
            if judged is not None:
                columns.append(self._suspected(name, judged, places))
                among = stretches if len(places) == len(self.rows) else Stretches(texts)
                found.append(("label", name, triggers.find(among, judged, seed, tell).at(places)))
        why = " ".join(one["untold"] for one in columns if one["untold"]) if columns else _NO_LABELS
        return {"columns": columns, "left_out": left_out, "not_looked_for": why}, found

    def _suspected(self, name: str, judged: labels.Judged, places: Sequence[int]) -> dict[str, Any]:
        wrong, _ = labels.flips(judged)
        return {
            "column": name,
            "classes": len(judged.classes),
            "accuracy": round(judged.accuracy, 4),
            "suspected": len(wrong),
            "share": round(len(wrong) / len(places), 5),
            "rows": self._numbers([places[at] for at in wrong.tolist()]),
            "untold": "" if judged.tells else _untold(name, judged),
        }

    def _answers(self, stretches: Stretches, tell: Callable[[float], None]) -> list[tuple[str, str, triggers.Found]]:
        if not self._use.answer:
            return []
        said = [answer(row, self._use) for row in self.rows]
        return [("answer", self._use.answer, answers.find(stretches, said, self._config.seed, tell))]

    def _triggers(self, found: list[tuple[str, str, triggers.Found]]) -> dict[str, Any]:
        why = "" if found else "There is neither a column of labels nor one of answers."
        return {
            "found": [self._trigger(kind, name, t) for kind, name, each in found for t in each.triggers],
            "ties": [self._trigger(kind, name, t) for kind, name, each in found for t in each.ties],
            "tested": sum(each.tested for _, _, each in found),
            "least_rows": least_rows(len(self.rows)),
            "not_looked_for": why,
        }

    def _trigger(self, kind: str, column: str, trigger: triggers.Trigger) -> dict[str, Any]:
        told: dict[str, Any] = {"kind": kind, "column": column}
        for name, value in asdict(trigger).items():
            told[name] = round(value, 4) if isinstance(value, float) else value
        return told | {
            "text": presentable(trigger.text),
            "target": presentable(trigger.target),
            "rows": self._numbers(trigger.rows),
        }

    def _outliers(self) -> dict[str, Any]:
        texts = ["\n".join(row.cells.values()) for row in self.rows]
        groups = [
            {
                "size": len(group.rows),
                "within": round(group.within, 4),
                "to_rest": round(group.to_rest, 4),
                "edge": round(group.edge, 4),
                "rows": self._numbers(group.rows),
            }
            for group in outliers.find(texts, self._config.seed)
        ]
        return {"groups": groups[: self._config.max_clusters_listed], "not_looked_for": ""}

    def _numbers(self, places: Sequence[int]) -> list[int]:
        """Rows of the table for places in the sample, the first ones."""
        return [self.rows[place].number for place in places[: self._config.max_rows_listed]]


def _untold(column: str, judged: labels.Judged) -> str:
    return (
        f"The texts do not tell the labels of {column}: a classifier is right in {judged.accuracy:.0%}, guessing in"
        f" {judged.guessing:.0%}."
    )


def _left_out(column: str, small: dict[str, int], rows: int) -> dict[str, Any]:
    """Classes of a column with too few rows to learn from, the largest first; many of them are counted only, because
    then the column holds no classes but texts."""
    named = sorted(small.items(), key=lambda item: (-item[1], item[0])) if len(small) <= MAX_CLASSES else []
    told = [{"label": presentable(label), "rows": count} for label, count in named]
    return {"column": column, "classes": len(small), "rows": rows, "least": labels.MIN_EACH, "named": told}


def presentable(text: str) -> str:
    """A stretch for people: addresses and long numbers masked, invisible characters named, cut to length."""
    hidden = _ADDRESS.sub(lambda m: masked("EMAIL_ADDRESS", m.group()), text)
    hidden = _NUMBER.sub(lambda m: masked("PHONE_NUMBER", m.group()), hidden)
    named = ngrams.shown(" ".join(hidden.split()))
    return named if len(named) <= SHOWN else f"{named[: SHOWN - 1]}…"
