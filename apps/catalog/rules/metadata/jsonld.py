"""JSON-LD as far as Croissant files need it: names resolved through their own context, values as lists.

Compact, prefixed and expanded names come out alike. A context that is an address is not fetched: the names of
Croissant's published context are taken for it. JSON-LD 1.1, 4.1 (context), 4.3 (values).
"""

import re
from dataclasses import dataclass, field
from typing import Any

from apps.catalog.rules.metadata.reading import MOST_ITEMS

OWN = "urn:genaiops:vocabulary#"
NAMESPACES = (  # the more particular before those that they begin with
    ("http://mlcommons.org/croissant/RAI/", "rai"),
    ("http://mlcommons.org/croissant/", "cr"),
    ("http://mlcommons.org/schema/", "cr"),  # Croissant 0.8
    ("https://schema.org/", "sc"),
    ("http://schema.org/", "sc"),
    ("http://www.w3.org/ns/prov#", "prov"),
    ("http://purl.org/dc/terms/", "dct"),
    ("http://www.w3.org/2000/01/rdf-schema#", "rdfs"),
    ("http://www.w3.org/ns/odrl/2/", "odrl"),
    ("http://purl.obolibrary.org/obo/DUO_", "duo"),
    (OWN, "genaiops"),
)
_PREFIXES = {prefix: iri for iri, prefix in reversed(NAMESPACES)} | {"schema": "https://schema.org/"}

# RAI 1.0, and the other spellings in its own examples, in mlcroissant and in published files; in lower case.
_RAI = (
    "dataCollection", "dataCollectionType", "dataCollectionMissingData", "dataCollectionRawData",
    "dataCollectionTimeframe", "dataImputationProtocol", "dataManipulationProtocol", "dataPreprocessingProtocol",
    "dataAnnotationProtocol", "dataAnnotationPlatform", "dataAnnotationAnalysis", "annotationsPerItem",
    "annotatorDemographics", "machineAnnotationTools", "dataReleaseMaintenancePlan", "personalSensitiveInformation",
    "dataSocialImpact", "dataBiases", "dataLimitations", "dataUseCases",
)  # fmt: skip
RAI_SPELLINGS = {name.lower(): name for name in _RAI} | {
    "annotationplatform": "dataAnnotationPlatform",
    "annotationperitem": "annotationsPerItem",
    "annotatorsdemographics": "annotatorDemographics",
    "databias": "dataBiases",
    "datacollectiontimeframes": "dataCollectionTimeframe",
    "datadatamanipulationprotocol": "dataManipulationProtocol",
    "datalimitation": "dataLimitations",
    "datareleasemaintenance": "dataReleaseMaintenancePlan",
    "datausecase": "dataUseCases",
    "machineannotationtool": "machineAnnotationTools",
    "personalandsensitiveinformation": "personalSensitiveInformation",
    "personalsensitveinformation": "personalSensitiveInformation",
    "usecases": "dataUseCases",
}
_CROISSANT = frozenset(
    {"citeAs", "column", "containedIn", "data", "dataType", "extract", "field", "fileObject", "fileSet", "includes",
     "isLiveDataset", "md5", "recordSet", "sdVersion", "source", "subField"}
)  # fmt: skip
_PROV = frozenset({"wasDerivedFrom", "wasGeneratedBy", "wasAttributedTo", "wasAssociatedWith", "isAssociatedWith"})
_NAMED_BY = ("sc:name", "prov:label", "rdfs:label", "sc:description", "sc:text", "sc:url", "@id")
_LANGUAGE = re.compile(r"^(?:@none|[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)$")

Node = dict[str, list[Any]]


@dataclass
class Context:
    """What the names of one file stand for."""

    terms: dict[str, str] = field(default_factory=dict)
    vocabulary: str = "https://schema.org/"

    def compact(self, name: str) -> str:
        """`prefix:name` with one prefix for each namespace; a name of no known one is left as it is."""
        if name.startswith("@"):
            return name
        iri = self._iri(name, 5)
        for start, prefix in NAMESPACES:
            if iri.startswith(start):
                return _usual(prefix, iri[len(start) :].removeprefix("1.0/"))
        return name

    def _iri(self, name: str, steps: int) -> str:
        if steps and name in self.terms and self.terms[name] != name:
            return self._iri(self.terms[name], steps - 1)
        if "://" in name:
            return name
        prefix, colon, rest = name.partition(":")
        if not colon:
            return self.vocabulary + name
        known = self.terms.get(prefix, "")
        start = known if "://" in known or known.startswith("urn:") else _PREFIXES.get(prefix, "")
        return start + rest if start else name


def _usual(prefix: str, name: str) -> str:
    """The prefix that a term belongs to, however the file wrote it."""
    if prefix in ("rai", "cr", "sc") and name.lower() in RAI_SPELLINGS:
        return f"rai:{RAI_SPELLINGS[name.lower()]}"
    if prefix == "sc" and name in _CROISSANT:
        return f"cr:{name}"
    if prefix == "sc" and name in _PROV:
        return f"prov:{name}"
    return f"{prefix}:{name}"


def context_of(document: dict[str, Any]) -> Context:
    """The context inside the file; addresses of others are passed over."""
    context = Context()
    given = document.get("@context")
    for part in given if isinstance(given, list) else [given]:
        for name, meaning in part.items() if isinstance(part, dict) else ():
            target = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if name == "@vocab" and isinstance(target, str):
                context.vocabulary = target
            elif isinstance(target, str) and not name.startswith("@"):
                context.terms[name] = target
    return context


def nodes_of(document: dict[str, Any]) -> list[Node]:
    """The top-level objects of a file: itself, or those of its @graph with references between them resolved."""
    context = context_of(document)
    graph = document.get("@graph")
    if not isinstance(graph, list):
        return [node_of(document, context)]
    nodes = [node_of(one, context) for one in graph if isinstance(one, dict)]
    by_id = {str(one["@id"][0]): one for one in nodes if one.get("@id")}
    for one in nodes:
        for name, values in one.items():
            one[name] = [_resolved(value, by_id) for value in values]
    return nodes


def _resolved(value: Any, by_id: dict[str, Node]) -> Any:
    is_reference = isinstance(value, dict) and list(value) == ["@id"]
    return by_id.get(str(value["@id"][0]), value) if is_reference else value


def node_of(value: dict[str, Any], context: Context) -> Node:
    """An object with resolved names, each with the list of its values; two spellings of one name are joined."""
    node: Node = {}
    for name, given in value.items():
        if name == "@context":
            continue
        key = context.compact(name)
        values = [given] if key in ("cr:data", "genaiops:structured") else _values(given, context)
        if key == "@type":
            values = [context.compact(str(one)) for one in values]
        node.setdefault(key, []).extend(values)
    return node


def _values(value: Any, context: Context) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, list):
        return [item for one in value for item in _values(one, context)]
    if not isinstance(value, dict):
        return [value]
    for wrapper in ("@value", "@list", "@set"):
        if wrapper in value:
            return _values(value[wrapper], context)
    if (
        value
        and all(_LANGUAGE.match(name) and isinstance(one, str) for name, one in value.items())
        and "url" not in value
    ):
        return [value.get("en") or next(iter(value.values()))]
    return [node_of(value, context)]


def texts(node: Node, *names: str) -> list[str]:
    """The values of the first of these names that has any, as texts; an object stands for its name or address."""
    for name in names:
        found = [words for one in node.get(name, [])[:MOST_ITEMS] if (words := text_of_value(one))]
        if found:
            return found
    return []


def text(node: Node, *names: str) -> str:
    """The first text of the first of these names that has any; else empty."""
    values = (one for name in names for one in node.get(name, [])[:MOST_ITEMS])
    return next((words for one in values if (words := text_of_value(one))), "")


def text_of_value(value: Any, depth: int = 2) -> str:
    """One value in words. An object may be named by another, but no deeper: a graph may come round to itself."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        first = (value[name][0] for name in _NAMED_BY if value.get(name))
        return next((words for one in first if (words := text_of_value(one, depth - 1))), "") if depth else ""
    return str(value).strip()


def objects(node: Node, name: str, most: int = MOST_ITEMS) -> list[Node]:
    """The values that are objects; a plain text becomes an object that is known by that text."""
    return [one if isinstance(one, dict) else {"@id": [str(one)]} for one in node.get(name, [])[:most]]
