"""Reading MLCommons Croissant 1.0 and 1.1 with the RAI 1.0 terms.

https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html and croissant-rai-spec.html. Files in the wild stray
from both, so names are taken in every published spelling and values as one or many. Nothing is fetched.
"""

import re
from typing import Any

from apps.catalog.rules.metadata.fields import CROISSANT_1_0, CROISSANT_1_1, DATASHEET_FIELDS
from apps.catalog.rules.metadata.found import MOST_COLUMNS, Found, is_blank, is_same
from apps.catalog.rules.metadata.jsonld import Node, nodes_of, objects, text, text_of_value, texts
from apps.catalog.rules.metadata.licensing import spdx_of
from apps.catalog.rules.metadata.reading import METADATA, MOST_ITEMS, shortened
from apps.catalog.rules.metadata.terms import ABOUT_TERMS, NOT_RECORDED, OWN_TERMS, RAI_TERMS, SOURCE_TERMS

_SHA256 = re.compile(r"^[0-9a-fA-F]{64}$")
_SOFTWARE = ("prov:SoftwareAgent", "sc:SoftwareApplication")


def read(content: str) -> Found:
    """What a Croissant file says. Raises Invalid for text that is no JSON-LD dataset."""
    document = METADATA.json_object(content)
    dataset = _dataset(nodes_of(document))
    found = Found(format=_version(dataset))
    if any(len(values) > MOST_ITEMS for values in dataset.values()):
        found.note(f"Only the first {MOST_ITEMS} values of one name are read.")
    _read_about(dataset, found)
    _read_licence(dataset, found)
    _read_terms(dataset, found)
    _read_provenance(dataset, found)
    _read_files(dataset, found)
    _read_columns(dataset, found)
    _restore_structure(dataset, found)
    return found


def _dataset(nodes: list[Node]) -> Node:
    datasets = [node for node in nodes if "sc:Dataset" in [_bare(kind) for kind in node.get("@type", [])]]
    if datasets:
        return datasets[0]
    likely = [node for node in nodes if {"sc:distribution", "cr:recordSet", "dct:conformsTo"} & set(node)]
    if not likely:
        METADATA.refuse("This JSON describes no dataset: it has no @type “Dataset”.", "not_croissant")
    return likely[0]


def _bare(kind: str) -> str:
    return "sc:Dataset" if kind.rsplit("/", 1)[-1].rsplit(":", 1)[-1] == "Dataset" else kind


def _version(dataset: Node) -> str:
    said = texts(dataset, "dct:conformsTo", "sc:conformsTo")
    return CROISSANT_1_1 if any(one.rstrip("/").endswith("croissant/1.1") for one in said) else CROISSANT_1_0


def _read_about(dataset: Node, found: Found) -> None:
    for name, term in ABOUT_TERMS.items():
        if words := text(dataset, term):
            found.about[name] = shortened(words)
    makers = [maker for term in ("sc:creator", "sc:publisher") for maker in texts(dataset, term)]
    if makers:
        found.about["creators"] = list(dict.fromkeys(makers))
    if not texts(dataset, "dct:conformsTo", "sc:conformsTo"):
        found.note("The file does not say which version of Croissant it follows; it was read as 1.0.")
    found.say("languages", _one_or_many(texts(dataset, "sc:inLanguage")))
    found.say("citation", _one_or_many(texts(dataset, "cr:citeAs", "sc:citation")))


def _read_licence(dataset: Node, found: Found) -> None:
    said = [_licence_words(one) for one in dataset.get("sc:license", []) + dataset.get("dct:license", [])]
    said = list(dict.fromkeys(one for one in said if one))
    expression = text(dataset, "genaiops:licenceExpression")
    found.licence_said = expression or "; ".join(said)
    if expression:
        found.licence = expression
    elif said and all(map(spdx_of, said)):
        found.licence = " AND ".join(spdx_of(one) for one in said)
    if said and not found.licence:
        found.note(f"The licence “{found.licence_said[:200]}” is no SPDX identifier and no address of a known licence.")
    if len(said) > 1 and not expression:
        found.note(
            "The file names several licences without saying how they relate; they are read as applying together."
        )


def _licence_words(value: Any) -> str:
    return text(value, "sc:url", "@id", "sc:name") if isinstance(value, dict) else text_of_value(value)


def _read_terms(dataset: Node, found: Found) -> None:
    measured = texts(dataset, "genaiops:measured")
    found.measured = [shortened(one) for one in measured]
    beside = {*measured, *texts(dataset, "genaiops:fromSources"), NOT_RECORDED}
    for terms in (RAI_TERMS, OWN_TERMS):
        for name, term in terms.items():
            said = [one for one in texts(dataset, term) if one not in beside]
            found.say(name, _one_or_many([shortened(one) for one in said]))
    if "generation_period" not in found.datasheet:
        found.say("generation_period", _one_or_many(texts(dataset, "sc:temporalCoverage")))
    found.say("geography", _one_or_many([one for one in texts(dataset, "sc:spatialCoverage") if one not in beside]))
    rights = [one for one in texts(dataset, "sc:copyrightNotice") if one not in beside]
    found.say("contains_copyrighted_material", _one_or_many(rights))
    permission = [*texts(dataset, "genaiops:permission"), *map(_usage_words, objects(dataset, "sc:usageInfo"))]
    found.say("permission", _one_or_many([one for one in permission if one not in beside]))


def _usage_words(node: Node) -> str:
    """A use condition in words: a text, a term of a vocabulary (DUO), or an ODRL offer with its constraints."""
    own = text(node, "sc:text")
    if own:
        return shortened(own)
    name, code, address = text(node, "sc:name"), text(node, "sc:termCode"), text(node, "sc:url", "@id")
    parts = [name, f"({code})" if code else "", f"<{address}>" if address and address != name else ""]
    for permission in objects(node, "odrl:permission"):
        parts += [f"Permitted: {words}." for words in texts(permission, "odrl:action")]
        parts += [f"Only: {words}." for words in texts(permission, "odrl:constraint")]
    for prohibition in objects(node, "odrl:prohibition"):
        parts += [f"Forbidden: {words}." for words in texts(prohibition, "odrl:action")]
    return shortened(" ".join(part for part in parts if part))


def _read_provenance(dataset: Node, found: Found) -> None:
    derived = objects(dataset, "prov:wasDerivedFrom") + objects(dataset, "sc:isBasedOn")
    for one in derived:
        is_version = "genaiops:DatasetVersion" in one.get("@type", [])
        found.say("derived_from" if is_version else "sources", [_source(one)])
    if not dataset.get("genaiops:exported") and (address := found.about.get("url", "")):
        _say_described(dataset, found, address)
    agents = {text(one, "@id"): text_of_value(one) for one in objects(dataset, "prov:isAssociatedWith")}
    for one in objects(dataset, "prov:wasGeneratedBy"):
        if "genaiops:own" not in one:
            found.say("generated_by", [_activity(one, agents)])
    for one in objects(dataset, "prov:wasAttributedTo"):
        kinds = {*one.get("@type", []), *texts(one, "sc:additionalType")}
        if kinds & {*_SOFTWARE, *("SoftwareAgent",)} and text_of_value(one):
            found.say("ai_generated", f"The file attributes the data to the software agent {text_of_value(one)}.")


def _say_described(dataset: Node, found: Found, address: str) -> None:
    """The dataset that a foreign file describes is itself where the rows come from."""
    described: dict[str, Any] = {"name": found.about.get("name") or address, "url": address}
    if found.about.get("creators"):
        described["issuer"] = ", ".join(found.about["creators"])[:200]
    found.datasheet["sources"] = [described, *found.datasheet.get("sources", [])]


def _source(node: Node) -> Any:
    """A source with all that is said of it; one that has only a name is its name."""
    address = text(node, "sc:url", "prov:locatedAt", "prov:atLocation")
    identity = text(node, "@id")
    name = text(node, "sc:name", "prov:label", "rdfs:label") or address or identity
    told: dict[str, Any] = {"name": name}
    if address or "://" in identity:
        told["url"] = address or identity
    for field, term in SOURCE_TERMS.items():
        if said := texts(node, term):
            told[field] = _one_or_many(said)
    for field in ("share", "machine_generated"):
        if field in told and (number := _number(told[field])) is not None:
            told[field] = number
    return name if list(told) == ["name"] else told


def _number(said: Any) -> float | None:
    try:
        return float(said)
    except (TypeError, ValueError):
        return None


def _activity(node: Node, agents: dict[str, str]) -> str:
    words = [text(node, "sc:name", "prov:label", "rdfs:label"), text(node, "sc:description")]
    words += [
        f"by {agents.get(one, one)}"
        for one in texts(node, "prov:wasAssociatedWith", "prov:isAssociatedWith", "sc:agent")
    ]
    words += [f"until {one}" for one in texts(node, "prov:endedAtTime", "sc:endTime")]
    return ", ".join(word for word in words if word) or text(node, "@id")


def _read_files(dataset: Node, found: Found) -> None:
    for one in objects(dataset, "sc:distribution"):
        digest = text(one, "sc:sha256")
        if digest and not _SHA256.match(digest):
            found.note(f"The file gives “{digest[:80]}” as a SHA-256, which it is not.")
        file = {
            "name": text(one, "sc:name", "@id"),
            "url": text(one, "sc:contentUrl"),
            "sha256": digest.lower() if _SHA256.match(digest) else "",
            "encoding": text(one, "sc:encodingFormat"),
        }
        found.files.append({name: shortened(words) for name, words in file.items() if words})


def _read_columns(dataset: Node, found: Found) -> None:
    names: dict[str, None] = {}
    for records in objects(dataset, "cr:recordSet"):
        for one in objects(records, "cr:field", MOST_COLUMNS + 1):
            extract = [inner for source in objects(one, "cr:source") for inner in objects(source, "cr:extract")]
            column = next((name for inner in extract if (name := text(inner, "cr:column"))), "")
            name = column or text(one, "sc:name", "@id").rsplit("/", 1)[-1]
            if name:
                names[shortened(name)] = None
    found.columns = list(names)


def _restore_structure(dataset: Node, found: Found) -> None:
    """Put back what our own export wrote in words, as long as nobody changed the words since."""
    for block in dataset.get("genaiops:structured", []):
        for name, value in block.items() if isinstance(block, dict) else ():
            if not is_blank(value) and (name not in DATASHEET_FIELDS or is_same(value, found.datasheet.get(name))):
                found.datasheet[name] = value


def _one_or_many(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values
