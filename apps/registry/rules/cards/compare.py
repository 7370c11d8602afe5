"""What a card says beside what is recorded of a version, and under which question each line stands."""

from collections.abc import Iterable, Mapping
from typing import Any

from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.metadata.compare import CONFLICT, NEW, OTHER, RECORDED, SAME, SILENT, Line
from apps.catalog.rules.metadata.fields import Field
from apps.catalog.rules.metadata.found import is_blank
from apps.catalog.rules.metadata.licensing import spdx_of
from apps.registry.rules.cards.fields import (
    BY_NAME,
    FIELDS,
    FIGURES,
    FILES_DIGEST,
    LICENCE,
    QUESTIONS,
    TOLD_ELSEWHERE,
    label_of,
)
from apps.registry.rules.cards.found import Figure, figure_of, said_of

SHORT_LIST, SHORT_WORD = 4, 30  # words, and characters of each


def compared(
    found: Mapping[str, Any], recorded: Mapping[str, Any], beside: Mapping[str, list[str]], figures: Iterable[Figure]
) -> list[Line]:
    """Every field that the file or the record speaks of, or that a question needs, in the order of the fields.

    `recorded` is the version's record by field; `beside` what runs and the data tell; `figures` those on record.
    """
    known = {_key(one) for one in figures}
    lines = [_line(found, recorded, beside, known, field) for field in FIELDS]
    more = [name for name in found.get("statements", {}) if name not in BY_NAME]
    lines += [_line(found, recorded, beside, known, Field(name, label_of(name), ())) for name in more]
    return [line for line in lines if line.said or line.recorded or line.is_needed]


def new_figures(found: Mapping[str, Any], known: Iterable[Figure]) -> list[Figure]:
    """The figures of the file that are not on record yet, each once."""
    there = {_key(one) for one in known}
    fresh = {_key(one): one for one in map(figure_of, found.get("figures", [])) if _key(one) not in there}
    return list(fresh.values())


def _key(one: Figure) -> tuple[Any, ...]:
    return (one.name, one.value, one.text, one.task, one.dataset or one.dataset_name, one.split, one.revision)


def _line(
    found: Mapping[str, Any],
    recorded: Mapping[str, Any],
    beside: Mapping[str, list[str]],
    known: set[tuple[Any, ...]],
    field: Field,
) -> Line:
    said = said_of(found, field.name)
    has, told = recorded.get(field.name), beside.get(field.name, [])
    if field.name == FIGURES and said:
        fresh = [one for one in map(figure_of, found.get("figures", [])) if _key(one) not in known]
        state = NEW if fresh else SAME
    else:
        state = _state(field.name, said, has, bool(told))
    return Line(
        name=field.name,
        label=field.label,
        questions=field.questions,
        state=state,
        said=_words(said),
        recorded=[*_words(has), *told],
        is_needed=field.is_needed,
        is_carried=found["format"] in field.carriers or field.name not in BY_NAME,
        is_fixed=field.name in TOLD_ELSEWHERE,
    )


def _words(value: Any) -> list[str]:
    """A value as paragraphs; many short words, such as languages, in one."""
    words = [] if is_blank(value) else in_words(value)
    is_list_of_words = len(words) > SHORT_LIST and all(len(one) <= SHORT_WORD for one in words)
    return [", ".join(words)] if is_list_of_words else words


def _state(name: str, said: Any, has: Any, is_told: bool) -> str:
    if is_blank(said):
        return SILENT if is_blank(has) and not is_told else RECORDED
    if is_blank(has):
        return NEW
    if name == FILES_DIGEST:
        return SAME if set(said) & set(has) else CONFLICT
    if name == LICENCE and spdx_of(str(has)) == said:
        return SAME
    return SAME if in_words(said) == in_words(has) else CONFLICT


def lines_by_question(lines: Iterable[Line]) -> list[tuple[str, str, list[Line]]]:
    """The lines under the question that each answers first; what answers none comes last."""
    by_question: dict[str, list[Line]] = {}
    for line in lines:
        by_question.setdefault(line.questions[0] if line.questions else OTHER, []).append(line)
    named = QUESTIONS | {OTHER: "What else is said"}
    return [(key, named[key], by_question[key]) for key in named if key in by_question]


def digest_verdict(found: Mapping[str, Any], digests: Iterable[str]) -> str:
    """Whether the file describes the version's very bytes: `same`, `differs`, or `none` where it names no digest."""
    named = set(said_of(found, FILES_DIGEST) or [])
    if not named:
        return "none"
    return "same" if named & set(digests) else "differs"
