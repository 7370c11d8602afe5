"""What a scan may be told."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.catalog.rules.sampling import Sample
from apps.catalog.rules.versions import EVALUATION, PROTECTED

# The checks there are, as workers/scanning/registry.py names them, in words for people.
SCAN_CHECKS: dict[str, str] = {
    "personal_data": "Personal data",
    "secrets": "Secrets",
    "special_categories": "Special categories of personal data",
    "duplicates": "Copies of rows",
    "overlap": "Overlap with evaluation data",
    "text": "Language, length and faults of the text",
    "toxicity": "Toxic language",
    "poisoning": "Signs of poisoning",
    "generated": "Share written by machines",
    "markers": "Copyright and confidentiality",
    "integrity": "Stored bytes",
}
LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pl": "Polish",
    "fi": "Finnish",
    "sv": "Swedish",
}
# The checks that list places, by which cells are masked.
PLACED_CHECKS = ("personal_data", "secrets", "special_categories")
# The checks of which a sample of the rows tells something, at least where it is large enough (`sampling`).
SAMPLED_CHECKS = (*PLACED_CHECKS, "poisoning", "generated")
# The checks that compare with other tables: where their sections list these, and the purpose of datasets that they are
# compared with by default.
COMPARED = {"overlap": "references", "markers": "protected"}
COMPARED_PURPOSES = {"overlap": EVALUATION, "markers": PROTECTED}
BY_LANGUAGE = frozenset({"personal_data", "special_categories", "toxicity"})  # what they find follows the languages
MOST_SAMPLES = 100  # of one finding: they are to be judged by, and stand in the result
SCORE_THRESHOLD = 0.5  # of personal data, where nothing is chosen; above it whole kinds are left out
# Each setting is explained in workers/scanning/config.py; `against` and `protected` are numbers of dataset versions.
SCAN_SETTINGS = frozenset(
    {
        "checks",
        "columns",
        "copy_columns",
        "label_column",
        "answer_column",
        "languages",
        "pii_score_threshold",
        "pii_sample_rows",
        "near_duplicate_threshold",
        "max_samples",
        "seed",
        "against",
        "protected",
        "options",
    }
)
# Options of single checks that a person may choose, whole numbers all. Models and records are the installation's.
SCAN_OPTIONS: dict[str, tuple[str, ...]] = {
    "poisoning": ("rows",),
    "generated": ("rows",),
    "toxicity": ("model_rows",),
}
_TEXTS = ("checks", "columns", "copy_columns", "languages")
_NUMBERS = ("against", "protected")
_COLUMN_LISTS = ("columns", "copy_columns")
_COLUMN = ("label_column", "answer_column")


def rows_read(check: str, config: Mapping[str, Any], result: Mapping[str, Any]) -> int:
    """How many rows a finished scan searched by a check that lists places, leaving out none of what it would find.

    0 where the check was not part of it, or where the threshold of its scores was raised.
    """
    section = result.get(check)
    if not isinstance(section, Mapping):
        return 0
    threshold = config.get("pii_score_threshold")
    is_raised = check == "personal_data" and threshold is not None and threshold > SCORE_THRESHOLD
    return 0 if is_raised else int(section.get("rows_scanned") or 0)


@dataclass(frozen=True)
class Reach:
    """How far a finished scan looked by one check. None where its result does not say.

    `compared` are the digests of the tables that the rows were held against, as they were then.
    """

    columns: frozenset[str] | None
    rows: int | None
    languages: frozenset[str]
    threshold: float
    compared: frozenset[str] = frozenset()

    def covers(self, other: "Reach") -> bool:
        """Whether it looked into everything that the other did."""
        return (
            (self.columns is None or other.columns is None or self.columns >= other.columns)
            and (self.rows is None or other.rows is None or self.rows >= other.rows)
            and self.languages >= other.languages
            and self.threshold <= other.threshold
            and self.compared >= other.compared
        )

    def exceeds(self, other: "Reach") -> bool:
        """Whether it looked into everything that the other did, and into more."""
        return self.covers(other) and not other.covers(self)


def reach_of(check: str, config: Mapping[str, Any], result: Mapping[str, Any]) -> Reach:
    """How far a finished scan with this check looked by it."""
    columns, rows = result.get("columns"), (result.get(check) or {}).get("rows_scanned")
    languages = (config.get("languages") or ["en"]) if check in BY_LANGUAGE else []
    threshold = config.get("pii_score_threshold") if check == "personal_data" else None
    return Reach(
        None if columns is None else frozenset(columns),
        None if rows is None else int(rows),
        frozenset(languages),
        max(SCORE_THRESHOLD, threshold or 0.0),
        frozenset(sets_of(check, result.get(check))),
    )


def sets_of(check: str, section: Any) -> dict[str, dict[str, Any]]:
    """What a section says of each table that the rows were compared with, by the digest of that table's content."""
    listed = section.get(COMPARED[check]) if check in COMPARED and isinstance(section, Mapping) else None
    return {str(one.get("content") or one.get("label")): one for one in listed or []}


def left_out(
    check: str, config: Mapping[str, Any], result: Mapping[str, Any], columns: Iterable[str], rows: int
) -> str:
    """What a finished scan of a table with these columns and so many rows did not look into by a check, in sentences
    that say what to do; empty if nothing.

    A sample of the rows is told here only where it is too small to tell anything.
    """
    reach = reach_of(check, config, result)
    missing = [name for name in columns if reach.columns is not None and name not in reach.columns]
    told = [f"Not looked into: {', '.join(missing[:6])}{' and others' if len(missing) > 6 else ''}."] if missing else []
    if reach.threshold > SCORE_THRESHOLD:
        told.append(f"Findings with a score below {reach.threshold:g} were left out.")
    if check in SAMPLED_CHECKS and reach.rows is not None and (remedy := Sample(reach.rows, rows).remedy()):
        told.append(remedy)
    return " ".join(told)


def scan_config_problem(config: Mapping[str, Any], columns: list[str]) -> str:
    """What is wrong with the settings of a scan of a table with these columns, in one sentence; empty if nothing."""
    unknown = sorted(set(config) - SCAN_SETTINGS)
    if unknown:
        return f"Unknown settings: {', '.join(unknown)}."
    for name in _TEXTS:
        if not _is_list_of(config.get(name, []), str):
            return f"The setting {name} must be a list of texts."
    for name in _NUMBERS:
        if not _is_list_of(config.get(name, []), int):
            return f"The setting {name} must be a list of numbers of dataset versions."
    if odd := [code for code in config.get("languages", []) if not re.fullmatch("[a-z]{2,3}", code)]:
        return f"“{odd[0][:20]}” is no language code: two or three small letters, such as en."
    if strange := [name for name in config.get("checks", []) if name not in SCAN_CHECKS]:
        return f"There is no check “{strange[0][:40]}”. There are: {', '.join(SCAN_CHECKS)}."
    return _column_problem(config, columns) or _number_problem(config)


def _column_problem(config: Mapping[str, Any], columns: list[str]) -> str:
    named = [name for key in _COLUMN_LISTS for name in config.get(key, [])]
    named += [config[key] for key in _COLUMN if config.get(key)]
    missing = [name for name in named if name not in columns]
    if missing:
        return f"There is no column “{str(missing[0])[:60]}”."
    return ""


def _number_problem(config: Mapping[str, Any]) -> str:
    for name, most in (("max_samples", MOST_SAMPLES), ("seed", 2**32 - 1)):
        number = config.get(name, 0)
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= most:
            return f"The setting {name} must be a whole number from 0 to {most}."
    sample = config.get("pii_sample_rows")
    if sample is not None and (isinstance(sample, bool) or not isinstance(sample, int) or sample < 1):
        return "The sample must be a whole number of rows, at least one."
    for name in ("pii_score_threshold", "near_duplicate_threshold"):
        value = config.get(name, 0.5)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            return f"The setting {name} must be a number from 0 to 1."
    if config.get("near_duplicate_threshold") == 0:
        return "The setting near_duplicate_threshold must lie above 0: every text is that like every other."
    return _option_problem(config.get("options", {}))


def _option_problem(options: Any) -> str:
    if not isinstance(options, dict) or not all(isinstance(given, dict) for given in options.values()):
        return "The setting options must be an object: settings by check."
    for check, given in options.items():
        for name, value in given.items():
            if name not in SCAN_OPTIONS.get(check, ()):
                return f"The check {str(check)[:40]} has no option “{str(name)[:40]}” that a person chooses."
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                return f"The option {name} of {check} must be a whole number, at least one."
    return ""


def _is_list_of(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) and not isinstance(item, bool) for item in value)
