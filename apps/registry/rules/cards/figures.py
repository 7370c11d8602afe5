"""Figures of performance in the hub's two forms: `model-index` in a card's front matter, and `.eval_results/*.yaml`.

https://huggingface.co/docs/hub/model-cards and https://huggingface.co/docs/hub/eval-results.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apps.core.errors import Invalid
from apps.core.front_matter import yaml_written
from apps.core.plain import object_of_text
from apps.registry.rules.cards.found import Figure, Found
from apps.registry.rules.cards.reading import CARDS, in_a_line, whole

# “It achieves the following results on the evaluation set:” and “## Validation Metrics”, as trainers write them.
_RESULTS_FOLLOW = re.compile(
    r"following results on the (evaluation|validation|test) set|^#+\s+(validation) metrics", re.I
)
_RESULT_LINE = re.compile(r"^[-*] ([A-Za-z][\w .@/()-]{0,60}?) ?: (-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)$")
MOST_LINES = 100


def value_of(said: Any) -> tuple[float | None, str]:
    """A value as a number, or else as it is written. What is no finite number stays words."""
    if isinstance(said, bool) or said is None or isinstance(said, dict | list):
        return None, in_a_line(said)[:200]
    try:
        number = float(said)
    except (TypeError, ValueError):
        return None, in_a_line(said)[:200]
    return (number, "") if math.isfinite(number) else (None, str(said)[:200])


def read_index(index: Any, found: Found) -> None:
    """The results of a card's `model-index`, with notes about those that lack what the hub asks for."""
    for model in whole(index):
        for result in whole(model.get("results")) if isinstance(model, dict) else []:
            if isinstance(result, dict):
                _read_result(result, found)


def _read_result(result: dict[str, Any], found: Found) -> None:
    task, data = _mapping(result, "task"), _mapping(result, "dataset")
    source = _mapping(result, "source")
    if not data:
        found.note("A result of the model-index names no dataset, which the hub asks for; it was read all the same.")
    for metric in whole(result.get("metrics")):
        if not isinstance(metric, dict) or metric.get("value") is None:
            found.note("A metric of the model-index has no value and was left out.")
            continue
        value, text = value_of(metric["value"])
        found.figures.append(
            Figure(
                name=_first(metric, "type", "name")[:250],
                value=value,
                text=text,
                task=_first(task, "type", "name")[:120],
                dataset=_first(data, "type", "name")[:200],
                dataset_name=_first(data, "name")[:200],
                config=_first(data, "config")[:120],
                split=_first(data, "split")[:60],
                revision=_first(data, "revision")[:120],
                source=_first(source, "url", "name")[:500],
                verify=_first(metric, "verifyToken")[:2_000],
            )
        )


def read_results(text: str) -> list[Figure]:
    """The entries of an `.eval_results` file. Raises Invalid for what is no such list."""
    body = re.sub(r"\A---[ \t]*\n", "", text)
    wrapped = f'{{"items": {body}}}' if body.lstrip().startswith("[") else f"items:\n{body}"
    try:
        items = object_of_text(wrapped, "list of results").get("items")
    except Invalid as error:
        raise Invalid(
            f"This file of results cannot be read. {error.message}", code=f"{CARDS.code}.results", remedy=CARDS.remedy
        ) from None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        CARDS.refuse("This YAML is no list of results.", "results")
    figures = [_entry(item) for item in items if item.get("value") is not None]
    if not figures:
        CARDS.refuse("No entry of this file has a value.", "results")
    return figures


def _entry(item: dict[str, Any]) -> Figure:
    data, source = _mapping(item, "dataset"), _mapping(item, "source")
    value, text = value_of(item["value"])
    name = _first(data, "task_id") or _first(data, "id") or "value"
    return Figure(
        name=name[:250],
        value=value,
        text=text,
        task=_first(data, "task_id")[:120],
        dataset=_first(data, "id")[:200],
        revision=_first(data, "revision")[:120],
        source=_first(source, "url", "name")[:500],
        date=_first(item, "date")[:40],
        verify=_first(item, "verifyToken")[:2_000],
    )


def read_prose(text: str, found: Found) -> None:
    """Results that a trainer wrote as a list under a sentence of its own; only where no model-index tells them."""
    split = ""
    for line in text.split("\n"):
        if len(line) > 300:
            continue
        if match := _RESULTS_FOLLOW.search(line):
            split = (match[1] or match[2]).lower()
        elif split and (match := _RESULT_LINE.match(" ".join(line.split()))):
            value, words = value_of(match[2])
            found.figures.append(Figure(name=match[1], value=value, text=words, split=split))
            if len(found.figures) >= MOST_LINES:
                return
        elif line.strip():
            split = ""


def index_of(name: str, figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """The `model-index` that tells these figures: one result for each task, dataset and source."""
    groups: dict[tuple[str, ...], list[Figure]] = {}
    for one in figures:
        groups.setdefault(
            (one.task, one.dataset, one.dataset_name, one.config, one.split, one.revision, one.source), []
        )
        groups[one.task, one.dataset, one.dataset_name, one.config, one.split, one.revision, one.source].append(one)
    return [{"name": name, "results": [_result(group) for group in groups.values()]}] if groups else []


def _result(group: list[Figure]) -> dict[str, Any]:
    one = group[0]
    data = {"name": one.dataset_name or one.dataset or "not named", "type": one.dataset or "not-named"}
    data |= _said(config=one.config, split=one.split, revision=one.revision)
    metrics: list[dict[str, Any]] = [
        dict(
            _said(verifyToken=figure.verify), type=figure.name, value=figure.value if figure.text == "" else figure.text
        )
        for figure in group
    ]
    told: dict[str, Any] = {"task": {"type": one.task or "other"}, "dataset": data, "metrics": metrics}
    return told | ({"source": {"name": one.source[:120], "url": one.source}} if "://" in one.source else {})


def results_of(figures: Iterable[Figure]) -> str:
    """The `.eval_results` file that tells these figures; those of no named dataset have no place in it."""
    entries = []
    for one in figures:
        if one.dataset and one.value is not None:
            data = {"id": one.dataset, "task_id": one.name} | _said(revision=one.revision)
            entry: dict[str, Any] = {"dataset": data, "value": one.value} | _said(verifyToken=one.verify, date=one.date)
            if "://" in one.source:
                entry["source"] = {"url": one.source}
            if one.low is not None and one.high is not None:
                entry["notes"] = f"95 % interval from {one.low!r} to {one.high!r}" + (f", n = {one.n}" if one.n else "")
            entries.append(entry)
    return yaml_written(entries) if entries else "[]\n"


def _said(**told: str) -> dict[str, str]:
    return {name: value for name, value in told.items() if value}


def _mapping(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _first(holder: Mapping[str, Any], *names: str) -> str:
    return next((words for name in names if (words := in_a_line(holder.get(name)))), "")
