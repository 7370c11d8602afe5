"""What a file says beside what is recorded, and what becomes of both once a person has picked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.catalog.rules.datasheets import IMPORTED_FIELDS, IMPORTED_FROM, in_words
from apps.catalog.rules.metadata.fields import BY_NAME, FIELDS, FILE_DIGEST, LICENCE, QUESTIONS, Field, label_of
from apps.catalog.rules.metadata.found import is_blank, said_of
from apps.catalog.rules.metadata.licensing import spdx_of

NEW, SAME, CONFLICT, RECORDED, SILENT = "new", "same", "conflict", "recorded", "missing"
OTHER = "other"
_FIXED = ("poisoning", FILE_DIGEST)


@dataclass(frozen=True)
class Line:
    """One field: the file's words, the record's, and how they stand to each other.

    `is_carried`: the file's format has a term for it, so a gap is the file's own.
    """

    name: str
    label: str
    questions: tuple[str, ...]
    state: str
    said: list[str]
    recorded: list[str]
    is_needed: bool = False
    is_carried: bool = True
    is_fixed: bool = False  # no statement that could be taken over: a scan or the stored bytes tell it

    @property
    def can_be_taken(self) -> bool:
        """Whether a person may take the file's words over."""
        return self.state in (NEW, CONFLICT) and not self.is_fixed

    @property
    def is_missing(self) -> bool:
        """Whether a Data question needs it and the file says nothing."""
        return self.is_needed and not self.said


def compared(found: dict[str, Any], recorded: Mapping[str, Any], beside: Mapping[str, list[str]]) -> list[Line]:
    """Every field that the file or the record speaks of, or that a Data question needs, in the order of the questions.

    `recorded` is the version's datasheet with its `licence` and `file_digest`; `beside` what recorded sources and
    scans say, by field.
    """
    known = [_line(found, recorded, beside, field) for field in FIELDS]
    more = [name for name in found.get("datasheet", {}) if name not in BY_NAME]
    known += [_line(found, recorded, beside, Field(name, label_of(name), ())) for name in more]
    return [line for line in known if line.said or line.recorded or line.is_needed]


def _line(found: dict[str, Any], recorded: Mapping[str, Any], beside: Mapping[str, list[str]], field: Field) -> Line:
    said = said_of(found, field.name) if field.name in BY_NAME else found["datasheet"].get(field.name)
    has = recorded.get(field.name)
    told = beside.get(field.name, [])
    return Line(
        name=field.name,
        label=field.label,
        questions=field.questions,
        state=_state(field.name, said, has, bool(told)),
        said=[] if is_blank(said) else in_words(said),
        recorded=[*([] if is_blank(has) else in_words(has)), *told],
        is_needed=field.is_needed,
        is_carried=found["format"] in field.carriers or field.name not in BY_NAME,
        is_fixed=field.name in _FIXED,
    )


def _state(name: str, said: Any, has: Any, is_told: bool) -> str:
    if is_blank(said):
        return SILENT if is_blank(has) and not is_told else RECORDED
    if is_blank(has):
        return NEW
    if name == FILE_DIGEST:
        return SAME if has in said else CONFLICT
    if name == LICENCE and spdx_of(str(has)) == said:
        return SAME
    return SAME if in_words(said) == in_words(has) else CONFLICT


def lines_by_question(lines: Iterable[Line]) -> list[tuple[str, str, list[Line]]]:
    """The lines under the Data question that each answers first; what answers none comes last."""
    by_question: dict[str, list[Line]] = {}
    for line in lines:
        by_question.setdefault(line.questions[0] if line.questions else OTHER, []).append(line)
    named = QUESTIONS | {OTHER: "What else is said"}
    return [(key, named[key], by_question[key]) for key in named if key in by_question]


def digest_verdict(found: dict[str, Any], digest: str) -> str:
    """Whether the file describes the version's very bytes: `same`, `differs`, or `none` where it names no digest."""
    named = said_of(found, FILE_DIGEST)
    if not named:
        return "none"
    return "same" if digest in named else "differs"


def undecided(lines: Iterable[Line], take: Iterable[str], keep: Iterable[str]) -> list[str]:
    """The fields on which file and record differ and nobody has picked."""
    picked = {*take, *keep}
    return [line.name for line in lines if line.state == CONFLICT and line.can_be_taken and line.name not in picked]


def merged(
    recorded: Mapping[str, Any], found: dict[str, Any], take: Iterable[str], filename: str
) -> tuple[dict[str, Any], str, list[str]]:
    """The datasheet with the file's words where they were taken, the files they came from, and which fields came so."""
    plain = {name: value for name, value in recorded.items() if name not in (IMPORTED_FROM, IMPORTED_FIELDS)}
    taken = {name: value for name, value in found.get("datasheet", {}).items() if name in set(take) - {LICENCE}}
    earlier = str(recorded.get(IMPORTED_FROM) or "")
    came = recorded.get(IMPORTED_FIELDS, list(plain)) if earlier else []
    kept = [name for name in came if name not in taken]
    files = [*([earlier] if kept and earlier != filename else []), *([filename] if taken else [])]
    return plain | taken, "; ".join(files) or earlier, sorted({*kept, *taken})
