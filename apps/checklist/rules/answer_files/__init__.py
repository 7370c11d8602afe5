"""Answers as rows of a file: what is written, and what a row that somebody brings says. docs/assessment-files.md."""

from apps.checklist.rules.answer_files.columns import COLUMNS, FILLED, NAMES
from apps.checklist.rules.answer_files.previews import (
    CHANGED,
    CONFLICT,
    EMPTY,
    GONE,
    KINDS,
    NEW,
    REFUSED,
    SAME,
    Preview,
    PreviewLine,
)
from apps.checklist.rules.answer_files.reading import RowRefused, is_same, said_in
from apps.checklist.rules.answer_files.rows import choices_of, evidence_told, evidence_words, options_told, row_of

__all__ = [
    "CHANGED",
    "COLUMNS",
    "CONFLICT",
    "EMPTY",
    "FILLED",
    "GONE",
    "KINDS",
    "NAMES",
    "NEW",
    "REFUSED",
    "SAME",
    "Preview",
    "PreviewLine",
    "RowRefused",
    "choices_of",
    "evidence_told",
    "evidence_words",
    "is_same",
    "options_told",
    "row_of",
    "said_in",
]
