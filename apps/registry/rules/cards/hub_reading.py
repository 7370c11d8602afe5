"""Reading Hugging Face model cards: a README.md with YAML front matter and prose.

https://huggingface.co/docs/hub/model-cards. Most cards are half empty. One whose front matter is no mapping or no YAML
is refused with the line; one without front matter is read for its prose.
"""

import re
from html import unescape
from typing import Any

from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.metadata.found import is_blank
from apps.catalog.rules.metadata.licensing import spdx_of
from apps.core.front_matter import NO_FRONT, card_read
from apps.core.prose import as_markdown, sections
from apps.registry.rules.cards.fields import BASES, HUB, RELATION, STATEMENTS, label_of
from apps.registry.rules.cards.figures import read_index, read_prose
from apps.registry.rules.cards.found import Found, figure_of
from apps.registry.rules.cards.headings import BOLD, LABELS, WRITTEN, fields_under
from apps.registry.rules.cards.reading import CARDS, in_a_line, one_or_many, paragraph, texts, whole

OWN_KEY = "genaiops"
MOST_SECTIONS = 100
LONGEST_LABELLED = 2_000  # characters of a line with a bold label
NO_LANGUAGE = ("unk", "unknown", "und", "multilingual")
_OWN_HEADINGS = {label_of(name).lower(): name for name in STATEMENTS} | {
    heading.lower(): name for name, heading in WRITTEN.items()
}
_TAGS = re.compile(r"<summary>[^<]{0,200}</summary>|</?[A-Za-z][^<>]{0,500}>")
_TITLE = re.compile(r"^(model card for|model card:?)\s+", re.IGNORECASE)
_DATA_KEYS = ("annotations_creators", "task_categories", "size_categories", "dataset_info", "pretty_name")
_EMISSIONS = ("source", "training_type", "geographical_location", "hardware_used")


def read(text: str) -> Found:
    """What a card says. Raises Invalid for front matter that is broken or is no mapping."""
    found = Found(format=HUB)
    given, prose = card_read(text, f"{CARDS.code}.card", CARDS.remedy)
    front = given or {}
    if given is None:
        found.note(NO_FRONT)
    _read_front(front, found)
    read_index(front.get("model-index"), found)
    if not found.figures:
        read_prose(prose, found)
        if found.figures:
            found.note("The figures stand in the prose, without a dataset; the card has no model-index with results.")
    bodies = _bodies(prose, found)
    _restore_own(front.get(OWN_KEY), bodies, found)
    for name, said in bodies.items():
        for body in said:
            found.say(name, unescape(body).strip())
    _settle(found)
    return found


def _read_front(front: dict[str, Any], found: Found) -> None:
    found.about |= {key: words for key in ("model_name", "thumbnail") if (words := in_a_line(front.get(key)))}
    _read_licence(front, found)
    languages = [one for one in texts(front.get("language")) if one.lower() not in NO_LANGUAGE]
    found.say("languages", one_or_many(languages))
    found.say("library", in_a_line(front.get("library_name"))[:60])
    found.say("task", in_a_line(front.get("pipeline_tag")))
    found.say("tags", texts(front.get("tags")))
    found.say("training_data", texts(front.get("datasets")))
    found.say(BASES, texts(front.get("base_model")))
    found.say(RELATION, in_a_line(front.get("base_model_relation")).lower())
    found.say("new_version", in_a_line(front.get("new_version")))
    _read_emissions(front.get("co2_eq_emissions"), found)
    if any(key in front for key in _DATA_KEYS):
        found.note("This looks like the card of a dataset, not of a model; only what speaks of a model was read.")


def _read_licence(front: dict[str, Any], found: Found) -> None:
    own = front.get(OWN_KEY)
    expression = own.get("licence") if isinstance(own, dict) else None
    said = texts(front.get("license"))
    named = texts(front.get("license_name")) + texts(front.get("license_link")) if said in (["other"], []) else []
    found.licence_said = "; ".join(said + named)
    if isinstance(expression, str) and spdx_of(expression) == expression:
        found.licence = expression
    elif said and all(map(spdx_of, said)):
        found.licence = " AND ".join(spdx_of(one) for one in said)
    elif said:
        found.note(f"The licence “{found.licence_said[:200]}” is no SPDX identifier.")


def _read_emissions(told: Any, found: Found) -> None:
    """Grams of CO2-equivalent: a number, or a mapping with it (https://huggingface.co/docs/hub/model-cards-co2)."""
    holder = told if isinstance(told, dict) else {"emissions": told}
    try:
        grams = float(holder.get("emissions") or "")
    except (TypeError, ValueError):
        if not is_blank(told):
            found.note("The card's co2_eq_emissions is no number of grams and was left out.")
        return
    more = {name: words for name in _EMISSIONS if (words := in_a_line(holder.get(name)))}
    found.say("emissions", {"grams": grams} | more)
    found.say("compute", more.get("hardware_used", ""))


def _bodies(prose: str, found: Found) -> dict[str, list[str]]:
    """The prose by field; what stands under a heading that names two fields speaks to both."""
    bodies: dict[str, list[str]] = {}
    for heading, body in sections(prose):
        own = _OWN_HEADINGS.get(heading)
        for name in (own,) if own else fields_under(heading):
            if len(bodies.setdefault(name, [])) < MOST_SECTIONS and (words := paragraph(_TAGS.sub("", body))):
                bodies[name].append(words)
    for line in prose.split("\n"):
        match = BOLD.match(" ".join(line.split())) if "**" in line and len(line) < LONGEST_LABELLED else None
        label = LABELS.get(match[1].lower(), "") if match else ""
        if match and label and (words := in_a_line(_TAGS.sub("", match[2]))):
            bodies.setdefault(label, []).append(f"{match[1]}: {words}" if label == "compute" else words)
    if title := re.search(r"^#[ \t]+(\S.{0,300})$", prose, re.MULTILINE):
        found.about.setdefault("model_name", _TITLE.sub("", paragraph(_TAGS.sub("", title[1]))))
    return {name: said for name, said in bodies.items() if said}


def _restore_own(own: Any, bodies: dict[str, list[str]], found: Found) -> None:
    """Put back the values that our own export wrote as prose, as long as nobody changed the prose since."""
    if not isinstance(own, dict):
        return
    given = own.get("statements")
    told: dict[str, Any] = given if isinstance(given, dict) else {}
    found.measured = texts(own.get("measured"))
    given = own.get("beside")
    beside: dict[str, Any] = given if isinstance(given, dict) else {}
    for name in list(bodies):
        words = [*(in_words(told[name]) if name in told else []), *texts(beside.get(name))]
        if bodies[name] == [as_markdown(words).strip()]:
            del bodies[name]
    found.statements |= {name: value for name, value in told.items() if name not in bodies}
    figures = [figure_of(one) for one in whole(own.get("figures")) if isinstance(one, dict) and one.get("name")]
    if [(one.name, one.value) for one in figures] == [(one.name, one.value) for one in found.figures]:
        found.figures = figures
    for file in whole(own.get("files")):
        if isinstance(file, dict) and isinstance(file.get("sha256"), str):
            found.files.append({"name": str(file.get("path") or ""), "sha256": file["sha256"]})


def _settle(found: Found) -> None:
    """What the prose says stands in for front matter that is not there."""
    said = found.statements
    for name, instead in ((BASES, "base_said"), ("emissions", "emissions_said"), ("languages", "languages_said")):
        words = said.pop(instead, None)
        if is_blank(said.get(name)) and words:
            said[name] = {"said": words} if name == "emissions" else words
    notes = said.get("architecture_notes")
    if is_blank(said.get("architecture")) and isinstance(notes, str) and len(notes) <= 120 and "\n" not in notes:
        said["architecture"] = said.pop("architecture_notes")
    if not found.licence_said and isinstance(words := said.get("licence_statement"), str):
        found.licence_said, found.licence = words[:200], spdx_of(words)
