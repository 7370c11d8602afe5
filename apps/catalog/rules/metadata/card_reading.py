"""Reading Hugging Face dataset cards: a README.md with YAML front matter and prose.

https://huggingface.co/docs/hub/datasets-cards. Most cards are half empty. One whose front matter is no mapping or no
YAML is refused with the line; one without front matter is read for its prose.
"""

import re
from typing import Any

from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.metadata.card_sections import HEADINGS
from apps.catalog.rules.metadata.fields import CARD, DATASHEET_FIELDS, label_of
from apps.catalog.rules.metadata.found import Found, is_blank
from apps.catalog.rules.metadata.licensing import spdx_of
from apps.catalog.rules.metadata.reading import METADATA, MOST_ITEMS, shortened
from apps.core.front_matter import NO_FRONT, card_read
from apps.core.prose import as_markdown, is_absent, sections

_MODEL_KEYS = ("library_name", "pipeline_tag", "base_model", "model-index", "widget")
_LABELS = {label_of(name).lower(): name for name in DATASHEET_FIELDS} | HEADINGS
OWN_KEY = "genaiops"
MOST_SECTIONS = 100  # of one field


def read(text: str) -> Found:
    """What a card says. Raises Invalid for front matter that is broken or is no mapping."""
    found = Found(format=CARD)
    given, prose = card_read(text, f"{METADATA.code}.card", METADATA.remedy)
    front = given or {}
    if given is None:
        found.note(NO_FRONT)
    _read_front(front, found)
    bodies = _bodies(prose, found)
    _restore_own(front.get(OWN_KEY), bodies, found)
    for field, said in bodies.items():
        for body in said:
            found.say(field, shortened(body))
    return found


def _read_front(front: dict[str, Any], found: Found) -> None:
    found.about |= {name: shortened(words) for name, words in _about(front).items() if words}
    _read_licence(front, found)
    found.say("languages", _one_or_many(_listed(front, "language") + _listed(front, "languages")))
    for kind, field in (("annotations_creators", "annotation"), ("language_creators", "collection_method")):
        _read_creators(front, kind, field, found)
    for said in _listed(front, "source_datasets"):
        _read_source(said, found)
    for name in ("extra_gated_prompt", "extra_gated_heading", "extra_gated_description"):
        found.say("access_terms", [shortened(one) for one in _listed(front, name)])
    if tasks := _listed(front, "task_categories"):
        found.say("intended_uses", [f"Task: {task}" for task in tasks])
    infos = front.get("dataset_info")
    for info in infos if isinstance(infos, list) else [infos]:
        features = info.get("features") if isinstance(info, dict) else None
        found.columns += [
            _words(one.get("name")) for one in features or [] if isinstance(one, dict) and one.get("name")
        ]
    if any(key in front for key in _MODEL_KEYS):
        found.note("This looks like the card of a model, not of a dataset; only what speaks of data was read.")


def _about(front: dict[str, Any]) -> dict[str, str]:
    named = front.get("pretty_name") or front.get("dataset_name")
    return {"name": _words(named), "version": _words(front.get("version"))}


def _read_licence(front: dict[str, Any], found: Found) -> None:
    own = front.get(OWN_KEY)
    expression = own.get("licence") if isinstance(own, dict) else None
    said = _listed(front, "license") + _listed(front, "licenses")
    named = _listed(front, "license_name") + _listed(front, "license_link") if said in (["other"], []) else []
    found.licence_said = "; ".join(said + named)
    if isinstance(expression, str) and spdx_of(expression) == expression:
        found.licence = expression
    elif said and all(map(spdx_of, said)):
        found.licence = " AND ".join(spdx_of(one) for one in said)
    elif said:
        found.note(f"The licence “{found.licence_said[:200]}” is no SPDX identifier.")
    if len(said) > 1 and found.licence and found.licence != expression:
        found.note(
            "The card names several licences without saying how they relate; they are read as applying together."
        )


def _read_creators(front: dict[str, Any], kind: str, field: str, found: Found) -> None:
    words = "Annotations" if field == "annotation" else "Text"
    for said in _listed(front, kind):
        if said == "machine-generated":
            found.say("ai_generated", f"{words}: machine-generated, as the card's {kind} say.")
        found.say(field, f"{words}: {said}")


def _read_source(said: str, found: Found) -> None:
    """`original`, or `extended|name` for a dataset that this one was made from."""
    if said == "original":
        found.say("origin", "Original: not made from another dataset, as the card's source_datasets say.")
    elif name := said.removeprefix("extended|"):
        found.say("sources", [{"name": name, "how": "extended"} if said != name else name])


def _bodies(prose: str, found: Found) -> dict[str, list[str]]:
    """The prose by field; the description and a title for want of a name go to what is said about the dataset."""
    bodies: dict[str, list[str]] = {}
    for heading, body in sections(prose):
        field = _LABELS.get(heading, "")
        if field == "description":
            found.about.setdefault("description", shortened(body))
        elif field and len(bodies.setdefault(field, [])) < MOST_SECTIONS:
            bodies[field].append(body)
    if "name" not in found.about and (title := re.search(r"^#[ \t]+(\S.*)$", prose, re.MULTILINE)):
        found.about["name"] = shortened(title[1])
    return bodies


def _restore_own(own: Any, bodies: dict[str, list[str]], found: Found) -> None:
    """Put back the values that our own export wrote as prose, as long as nobody changed the prose since."""
    if not isinstance(own, dict):
        return
    given = own.get("datasheet")
    sheet: dict[str, Any] = given if isinstance(given, dict) else {}
    measured = _measured(own.get("measured"))
    found.measured = [words for said in measured.values() for words in said]
    gathered = own.get("from_sources")
    for field in list(bodies):
        beside = [*_texts_of(gathered, field), *measured.get(field, [])]
        words = [*in_words(sheet[field]), *beside] if field in sheet else beside
        if bodies[field] == [as_markdown(words).strip()]:
            del bodies[field]
            if field in sheet:
                found.datasheet[field] = sheet[field]
    found.datasheet |= {name: value for name, value in sheet.items() if name not in DATASHEET_FIELDS}
    description = own.get("description")
    if isinstance(description, str) and found.about.get("description") == as_markdown([description]).strip():
        found.about["description"] = description
    _read_own_file(own.get("file"), found)


def _texts_of(told: Any, field: str) -> list[str]:
    listed = told.get(field) if isinstance(told, dict) else None
    return [words for words in listed if isinstance(words, str)] if isinstance(listed, list) else []


def _measured(listed: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and isinstance(one.get("words"), str):
            found.setdefault(str(one.get("field")), []).append(one["words"])
    return found


def _read_own_file(file: Any, found: Found) -> None:
    if isinstance(file, dict):
        told = {name: str(file[name]) for name in ("name", "sha256", "encoding") if isinstance(file.get(name), str)}
        found.files.append(told)


def _listed(front: dict[str, Any], name: str) -> list[str]:
    """The texts that one name of the front matter holds, be it one or many."""
    value = front.get(name)
    items = value[:MOST_ITEMS] if isinstance(value, list) else [value]
    return [words for words in map(_words, items) if words and not is_absent(words)]


def _words(value: Any) -> str:
    if is_blank(value) or isinstance(value, dict | list):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def _one_or_many(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values
