"""Writing a Hugging Face model card: front matter that the hub understands, and prose with how each thing is known.

The front matter repeats, under `genaiops`, the values behind the prose, so that an import gives them back as they were.
"""

import re
from typing import Any

from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.metadata.found import is_blank
from apps.catalog.rules.metadata.licensing import hub_identifier
from apps.core.front_matter import card_written
from apps.core.prose import KNOWN, as_markdown
from apps.registry.rules.cards.described import DataFacts, Described
from apps.registry.rules.cards.fields import BASES, FIELDS, FIGURES, FILES_DIGEST, LICENCE, RELATION, label_of
from apps.registry.rules.cards.figures import index_of
from apps.registry.rules.cards.headings import WRITTEN
from apps.registry.rules.cards.hub_reading import OWN_KEY
from apps.registry.rules.cards.reading import is_hub_name

NOT_SAID = "[More Information Needed]"
GRAMS = 1_000  # in a kilogram
_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
_IN_FRONT = {LICENCE, BASES, RELATION, "tags", "task", "library", FIGURES, FILES_DIGEST}


def write(described: Described) -> bytes:
    """The README.md as UTF-8. Equal facts give equal bytes."""
    return card_written(_front(described), _prose(described))


def _front(described: Described) -> dict[str, Any]:
    said = described.statements
    front: dict[str, Any] = {"model_name": described.model} | _licence(described.licence)
    languages = in_words(said["languages"]) if said.get("languages") else []
    if languages and all(map(_LANGUAGE.match, languages)):
        front["language"] = languages
    front |= {
        key: said[name] for key, name in (("library_name", "library"), ("pipeline_tag", "task")) if said.get(name)
    }
    if tags := said.get("tags"):
        front["tags"] = in_words(tags)
    bases = [name for name in described.base_names if is_hub_name(name)]
    if bases:
        front["base_model"] = bases[0] if len(bases) == 1 else bases
        front |= {"base_model_relation": described.relation} if described.relation else {}
    named = in_words(said["training_data"]) if said.get("training_data") else []
    if datasets := [name for name in named if is_hub_name(name)]:
        front["datasets"] = datasets
    if emissions := _emissions(described):
        front["co2_eq_emissions"] = emissions
    if metrics := list(dict.fromkeys(one.name for one in described.figures)):
        front["metrics"] = metrics
        front["model-index"] = index_of(described.model, described.figures)
    return front | {OWN_KEY: _own(described)}


def _licence(expression: str) -> dict[str, Any]:
    if not expression:
        return {}
    known = hub_identifier(expression)
    return {"license": known} if known else {"license": "other", "license_name": expression}


def _emissions(described: Described) -> dict[str, Any]:
    """What was measured while it was tuned; otherwise what a card said. Grams of CO2-equivalent."""
    runs = [run for run in described.runs if run.activity == "fine-tuning" and run.co2_kg is not None]
    if runs:
        grams = sum(run.co2_kg or 0.0 for run in runs) * GRAMS
        told = {"emissions": grams, "source": runs[0].method, "training_type": "fine-tuning"}
        return told | ({"hardware_used": runs[0].hardware} if runs[0].hardware else {})
    said = described.statements.get("emissions")
    if not isinstance(said, dict) or not isinstance(said.get("grams"), int | float):
        return {}
    return {"emissions": said["grams"]} | {name: value for name, value in said.items() if name not in ("grams", "said")}


def _own(described: Described) -> dict[str, Any]:
    own = {
        "version": described.number,
        "licence": described.licence,
        "manifest_sha256": described.digest,
        "files": [{"path": file.path, "sha256": file.digest} for file in described.files],
        "statements": {name: value for name, value in described.statements.items() if not is_blank(value)},
        "figures": [one.as_json() for one in described.figures],
        "known_how": dict(sorted(described.how_known().items())),
        "beside": {name: list(words) for name, words in sorted(described.measured.items())},
        "measured": [words for _, said in sorted(described.measured.items()) for words in said],
        "properties": dict(sorted(described.properties.items())),
    }
    return {name: value for name, value in own.items() if not is_blank(value)}


def _prose(described: Described) -> str:
    said, known = described.said(), described.how_known()
    parts = [f"# Model Card for {_one_line(described.label)}", "## Facts", _facts(described)]
    for one in FIELDS:
        words = said.get(one.name)
        if one.name in _IN_FRONT and not (one.is_needed and not words):
            continue
        heading = f"## {WRITTEN.get(one.name, label_of(one.name))}"
        if words:
            parts += [heading, as_markdown(words), f"*{KNOWN}{_one_line(known.get(one.name, ''))}.*"]
        elif one.is_needed:
            parts += [heading, NOT_SAID]
    more = [name for name in said if name not in {field.name for field in FIELDS}]
    for name in more:
        parts += [f"## {label_of(name)}", as_markdown(said[name]), f"*{KNOWN}{_one_line(known.get(name, ''))}.*"]
    parts += _figures(described) + _data(described.data)
    return "\n\n".join(parts) + "\n"


def _facts(described: Described) -> str:
    facts = {
        "Version": f"{described.number}, made {described.created}",
        "Stage": described.stage,
        "Licence": described.licence or "not recorded",
        "Files": f"{len(described.files)}, {described.size} bytes",
        "SHA-256 of the manifest": described.digest or "no files yet",
        "Base models": ", ".join(described.base_names) or "none recorded",
        "Kept by": described.team,
        "Record": described.url,
    }
    return "\n".join(f"- {name}: {_one_line(words)}" for name, words in facts.items())


def _figures(described: Described) -> list[str]:
    if not described.figures:
        return []
    rows = ["| Figure | Value | 95 % interval | On | Who says so |", "|---|---|---|---|---|"]
    for one in described.figures:
        interval = f"{one.low!r} to {one.high!r}" if one.low is not None and one.high is not None else "–"
        on = " ".join(part for part in (one.dataset_name or one.dataset, one.config, one.split) if part)
        rows.append("| " + " | ".join(map(_cell, (one.name, one.said, interval, on or "–", one.source or "–"))) + " |")
    return ["## Figures", "\n".join(rows)]


def _data(data: Any) -> list[str]:
    rows = [f"- {_one_line(_in_line(one))}" for one in data]
    return ["## Data on record", "\n".join(rows)] if rows else []


def _in_line(data: DataFacts) -> str:
    if data.is_hidden:
        return f"{data.use}: {data.name}"
    return f"{data.use}: {data.name}, {data.rows} rows, licence {data.licence or 'not recorded'}, SHA-256 {data.digest}"


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


def _one_line(text: str) -> str:
    return as_markdown([" ".join(text.split())])
