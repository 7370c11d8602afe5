"""Writing MLCommons Croissant 1.1, or 1.0: one file, its records, and what is known of where they come from.

The file is named by its bare name, so that the export works beside a downloaded copy of it. What no standard carries
stands under our own namespace; docs/vocabulary.md lists those terms. Equal facts give equal bytes.
"""

import json
from typing import Any

from apps.catalog.rules.datasheets import in_words
from apps.catalog.rules.metadata.described import Described
from apps.catalog.rules.metadata.fields import CROISSANT_1_0, CROISSANT_1_1, DATASHEET_FIELDS
from apps.catalog.rules.metadata.found import is_blank
from apps.catalog.rules.metadata.jsonld import OWN
from apps.catalog.rules.metadata.licensing import OWN_REFERENCES, SPDX_LICENCES, identifiers_in
from apps.catalog.rules.metadata.record_fields import RECORDS, columns_left_out, field_id, field_of
from apps.catalog.rules.metadata.terms import OWN_TERMS, RAI_TERMS, SCHEMA_TERMS, SOURCE_TERMS

ENCODINGS = {
    "jsonl": "application/jsonlines",
    "csv": "text/csv",
    "parquet": "application/x-parquet",
    "text": "text/plain",
}
CONFORMS = {CROISSANT_1_0: "http://mlcommons.org/croissant/1.0", CROISSANT_1_1: "http://mlcommons.org/croissant/1.1"}
RAI_CONFORMS = "http://mlcommons.org/croissant/RAI/1.0"
_SHARED_CONTEXT = (
    "citeAs", "column", "examples", "extract", "field", "fileProperty", "fileObject", "fileSet", "format", "includes",
    "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex", "repeated",
    "replace", "samplingRate", "separator", "source", "subField", "transform", "equivalentProperty",
)  # fmt: skip
_NEW_CONTEXT = (
    "annotation",
    "arrayShape",
    "containedIn",
    "excludes",
    "isArray",
    "readLines",
    "sdVersion",
    "unArchive",
    "value",
)


def write(described: Described, format: str = CROISSANT_1_1) -> bytes:
    """The Croissant file as UTF-8 JSON-LD, indented, names in a fixed order."""
    is_new = format == CROISSANT_1_1
    document = {
        "@context": _context(is_new),
        "@type": "sc:Dataset",
        "conformsTo": [CONFORMS[format], RAI_CONFORMS],
        "name": described.name,
        "description": described.description or described.name,
        "url": described.url,
        "version": f"{described.number}.0.0",
        "datePublished": described.created,
        "dateModified": described.created,
        "creator": {"@type": "sc:Organization", "name": described.team},
        **_licence(described.licence),
        "distribution": [_file(described)],
        "recordSet": [_records(described, is_new)],
        **_statements(described, is_new),
        **_provenance(described, is_new),
        **_own(described),
    }
    return (json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def _context(is_new: bool) -> dict[str, Any]:
    names = (*_SHARED_CONTEXT, *(_NEW_CONTEXT if is_new else ()))
    context: dict[str, Any] = {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "dct": "http://purl.org/dc/terms/",
        "genaiops": OWN,
        "prov": "http://www.w3.org/ns/prov#",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "genaiops:structured": {"@id": "genaiops:structured", "@type": "@json"},
    }
    context |= {name: f"cr:{name}" for name in sorted(names)}
    context["examples"] = {"@id": "cr:examples", "@type": "@json"}
    return context


def _licence(expression: str) -> dict[str, Any]:
    """The address of a licence that SPDX lists; a whole expression also in our own term, for schema.org has no AND."""
    if not expression:
        return {}
    named = identifiers_in(expression)
    addresses = [one if one.startswith(OWN_REFERENCES) else f"{SPDX_LICENCES}{one}" for one in named]
    own = {} if named == [expression] else {"genaiops:licenceExpression": expression}
    return {"license": (addresses[0] if len(addresses) == 1 else addresses) or expression, **own}


def _file(described: Described) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": "file",
        "name": described.filename,
        "contentUrl": described.filename,
        "contentSize": f"{described.size} B",
        "encodingFormat": ENCODINGS[described.format],
        "sha256": described.digest,
    }


def _records(described: Described, is_new: bool) -> dict[str, Any]:
    left_out = columns_left_out(described)
    more = f" Without the columns of nested objects: {', '.join(left_out)}." if left_out else ""
    keys = [{"@id": field_id(name)} for name in described.key_columns]
    return {
        "@type": "cr:RecordSet",
        "@id": RECORDS,
        "name": RECORDS,
        "description": f"The {described.rows} rows of {described.filename}.{more}",
        **({"key": keys[0] if len(keys) == 1 else keys} if keys else {}),
        "field": [
            field_of(described, column, is_new) for column in described.columns if column["name"] not in left_out
        ],
    }


def _statements(described: Described, is_new: bool) -> dict[str, Any]:
    said = described.said()
    terms = {**RAI_TERMS, **SCHEMA_TERMS, **OWN_TERMS}
    found: dict[str, Any] = {}
    for name, term in terms.items():
        words = [*(in_words(said[name]) if name in said else []), *described.beside(name)]
        if words:
            key = term.removeprefix("cr:").removeprefix("sc:")
            found[key] = words[0] if len(words) == 1 else words
    permission = [*(in_words(said["permission"]) if "permission" in said else []), *described.beside("permission")]
    if permission:
        found |= _permission(permission, is_new)
    return found


def _permission(words: list[str], is_new: bool) -> dict[str, Any]:
    if not is_new:
        return {"genaiops:permission": words}
    return {"usageInfo": [{"@type": "CreativeWork", "name": "Permission", "text": one} for one in words]}


def _provenance(described: Described, is_new: bool) -> dict[str, Any]:
    said = described.said()
    sources = said.get("sources") or []
    entities = [_entity(one, "prov:Entity") for one in sources]
    entities += [_entity(one, "genaiops:DatasetVersion") for one in said.get("derived_from") or []]
    if not is_new:
        return (
            {"isBasedOn": [entity | {"@type": ["CreativeWork", entity["@type"]]} for entity in entities]}
            if entities
            else {}
        )
    activity = {
        "@type": "prov:Activity",
        "prov:label": f"Commit of version {described.number}",
        "prov:endedAtTime": described.created,
    }
    return {
        **({"prov:wasDerivedFrom": entities} if entities else {}),
        "prov:wasGeneratedBy": activity | {"genaiops:own": True},
        "prov:wasAttributedTo": {"@type": "prov:Organization", "prov:label": described.team},
    }


def _entity(source: Any, kind: str) -> dict[str, Any]:
    if not isinstance(source, dict):
        return {"@type": kind, "name": str(source)}
    entity: dict[str, Any] = {"@type": kind, "name": str(source.get("name") or source.get("url") or "unnamed")}
    for name, term in {"url": "sc:url", **SOURCE_TERMS}.items():
        value = source.get(name)
        if not is_blank(value):
            entity[term.removeprefix("sc:")] = value if isinstance(value, str | int | float) else in_words(value)
    return entity


def _own(described: Described) -> dict[str, Any]:
    """Our own terms: what scans measured, how each field is known, and values that are more than words."""
    said = described.said()
    gathered = list(dict.fromkeys(words for told in described.gathered.values() for words in told))
    structured = {name: value for name, value in said.items() if _is_structured(name, value)}
    return {
        "genaiops:exported": True,
        "genaiops:datasetVersion": described.number,
        "genaiops:knownHow": [f"{name}: {how}" for name, how in sorted(described.how_known().items())],
        **({"genaiops:fromSources": gathered} if gathered else {}),
        **({"genaiops:measured": [one.words for one in described.measured]} if described.measured else {}),
        **{f"genaiops:{one.section}": one.value for one in described.measured},
        **({"genaiops:structured": structured} if structured else {}),
    }


def _is_structured(name: str, value: Any) -> bool:
    """Whether reading the words back would give something else than the value, or no term carries them."""
    if name not in DATASHEET_FIELDS:
        return True
    words = in_words(value)
    plain: Any = words[0] if len(words) == 1 else words
    return bool(plain != value)
