"""Writing a Hugging Face dataset card: front matter that the hub understands, and prose with how each thing is known.

The front matter repeats, under `genaiops`, the values behind the prose, so that an import gives them back as they were.
"""

import re
from typing import Any

from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.metadata.card_reading import OWN_KEY
from apps.catalog.rules.metadata.card_sections import WRITTEN
from apps.catalog.rules.metadata.croissant_writing import ENCODINGS
from apps.catalog.rules.metadata.described import Described
from apps.catalog.rules.metadata.fields import FIELDS, label_of
from apps.catalog.rules.metadata.found import is_blank
from apps.catalog.rules.metadata.licensing import hub_identifier
from apps.core.front_matter import card_written
from apps.core.prose import KNOWN, as_markdown

# Upper bounds of rows, as the hub's size categories count (hub-docs, datasetcard.md).
_SIZES = (
    (10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"), (10**9, "100M<n<1B"),
)  # fmt: skip
_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
NOT_SAID = "[More Information Needed]"


def write(described: Described) -> bytes:
    """The README.md as UTF-8. Equal facts give equal bytes."""
    return card_written(_front(described), _prose(described))


def _front(described: Described) -> dict[str, Any]:
    said = described.said()
    languages = in_words(said["languages"]) if "languages" in said else []
    front: dict[str, Any] = {"pretty_name": described.name}
    front |= _licence(described.licence)
    if languages and all(map(_LANGUAGE.match, languages)):
        front["language"] = languages
    front["size_categories"] = [next((name for most, name in _SIZES if described.rows < most), "n>1T")]
    front["configs"] = [{"config_name": "default", "data_files": described.filename}]
    own = {
        "version": described.number,
        "licence": described.licence,
        "description": described.description,
        "file": {
            "name": described.filename,
            "sha256": described.digest,
            "encoding": ENCODINGS[described.format],
            "rows": described.rows,
        },
        "datasheet": said,
        "known_how": dict(sorted(described.how_known().items())),
        "from_sources": described.gathered,
        "measured": [{"field": one.field, "words": one.words, one.section: one.value} for one in described.measured],
    }
    return front | {OWN_KEY: {name: value for name, value in own.items() if not is_blank(value)}}


def _licence(expression: str) -> dict[str, Any]:
    if not expression:
        return {}
    known = hub_identifier(expression)
    return {"license": known} if known else {"license": "other", "license_name": expression}


def _prose(described: Described) -> str:
    said, known = described.said(), described.how_known()
    parts = [f"# {_one_line(described.name)}", "## Dataset Summary", as_markdown([described.description]) or NOT_SAID]
    parts += ["## Facts", _facts(described)]
    for one in FIELDS:
        words = [*(in_words(said[one.name]) if one.name in said else []), *described.beside(one.name)]
        if words:
            heading = WRITTEN.get(one.name, label_of(one.name))
            parts += [f"### {heading}", as_markdown(words), f"*{KNOWN}{_one_line(known.get(one.name, ''))}.*"]
        elif one.is_needed and one.name not in ("licence", "file_digest"):
            parts += [f"### {WRITTEN.get(one.name, label_of(one.name))}", NOT_SAID]
    return "\n\n".join(parts) + "\n"


def _facts(described: Described) -> str:
    facts = {
        "Version": f"{described.number}, made {described.created}",
        "File": f"{described.filename}, {described.rows} rows, {described.size} bytes",
        "SHA-256": described.digest,
        "Licence": described.licence or "not recorded",
        "Columns": ", ".join(f"{column['name']} ({column['type']})" for column in described.columns),
        "Kept by": described.team,
        "Record": described.url,
    }
    return "\n".join(f"- **{name}:** {_one_line(words)}" for name, words in facts.items())


def _one_line(text: str) -> str:
    return as_markdown([" ".join(text.split())])
