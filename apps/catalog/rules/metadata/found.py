"""What a file of metadata says, in our words, whatever its format."""

from dataclasses import asdict, dataclass, field
from typing import Any

from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.metadata.fields import DATASHEET_FIELDS, FIELDS, FILE_DIGEST, LICENCE

MOST_COLUMNS = 2_000
MOST_FILES = 200
NO_LICENCE = ("other", "unknown", "none", "n/a")  # words that stand where a licence should


@dataclass
class Found:
    """Everything that was understood. `notes` are sentences about what was read leniently or left out.

    `about` describes the dataset (name, description, url, version, creators, published); `datasheet` holds our fields;
    `measured` are sentences that another GenAIOps wrote about its scans, which are nobody's statements.
    """

    format: str
    about: dict[str, Any] = field(default_factory=dict)
    licence: str = ""  # an SPDX expression where the file's words could be read as one
    licence_said: str = ""  # the file's own words
    datasheet: dict[str, Any] = field(default_factory=dict)
    files: list[dict[str, str]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    measured: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def say(self, name: str, value: Any) -> None:
        """Put a value into the datasheet; texts for a field that has one already are added to it."""
        if is_blank(value):
            return
        known = self.datasheet.get(name)
        self.datasheet[name] = value if is_blank(known) else _both(known, value)

    def note(self, sentence: str) -> None:
        """Add a sentence, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, with lists cut to what is shown."""
        told = asdict(self)
        for name, most in (("columns", MOST_COLUMNS), ("files", MOST_FILES)):
            if len(told[name]) > most:
                told["notes"].append(f"Only the first {most} of {len(told[name])} {name} are kept.")
                told[name] = told[name][:most]
        return told


def is_blank(value: Any) -> bool:
    """Whether a value says nothing; "no" and 0 do say something."""
    return value in (None, "", [], {}) or (isinstance(value, str) and not value.strip())


def is_same(value: Any, said: Any) -> bool:
    """Whether a value is what these words were written from: nobody changed them since.

    Of lists of objects the words leave out what their format has no term for, so they need only be among the value's.
    """
    if in_words(value) == in_words(said):
        return True
    if not isinstance(value, list) or not isinstance(said, list) or len(value) != len(said):
        return False
    return all(_leaves(words) <= _leaves(one) for one, words in zip(value, said, strict=True))


def _leaves(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {leaf for item in value.values() for leaf in _leaves(item)}
    return {leaf for item in value for leaf in _leaves(item)} if isinstance(value, list) else set(in_words(value))


def _both(known: Any, value: Any) -> Any:
    old = known if isinstance(known, list) else [known]
    new = value if isinstance(value, list) else [value]
    return [*old, *(item for item in new if item not in old)]


def missing_in(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What the Data questions need and the file lacks, in the order of the questions.

    `carried` tells whether the format has a term for it at all: a gap of the file, or one of the standard.
    """
    return [
        {
            "field": one.name,
            "label": one.label,
            "questions": list(one.questions),
            "carried": found["format"] in one.carriers,
        }
        for one in FIELDS
        if one.is_needed and is_blank(said_of(found, one.name))
    ]


def said_of(found: dict[str, Any], name: str) -> Any:
    """What the file says about one of our fields; None for nothing."""
    if name == LICENCE:
        said = str(found.get("licence_said") or "")
        return found.get("licence") or (said if said.lower() not in NO_LICENCE else "")
    if name == FILE_DIGEST:
        return [file["sha256"] for file in found.get("files", []) if file.get("sha256")]
    return found.get("datasheet", {}).get(name) if name in DATASHEET_FIELDS else None
