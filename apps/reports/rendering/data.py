"""A document as JSON: everything in it, with the kind of each block named."""

import json
from dataclasses import asdict
from typing import Any

from apps.reports.rules.documents.content import STATES, Block, Document, Point

FORMAT = "genaiops-document/1"
NOTICE = (
    "This document reports what was recorded in GenAIOps. It is no legal advice and no certificate of conformity with"
    " any law; whether what is recorded is enough for a particular duty is for people with that competence to judge."
)
KINDS = {
    "Heading": "heading",
    "Paragraph": "paragraph",
    "FactList": "facts",
    "Bullets": "bullets",
    "Table": "table",
    "Picture": "picture",
}


def document_json(document: Document) -> bytes:
    """The document with the number of points in each state. Keys are sorted, so equal documents give equal bytes."""
    told = asdict(document) | {
        "format": FORMAT,
        "notice": NOTICE,
        "counts": {state: document.count(state) for state in STATES},
        "sections": [
            asdict(section) | {"points": [_point(point) for point in section.points]} for section in document.sections
        ],
    }
    del told["formats"]  # says nothing about the subject
    text = json.dumps(told, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False, default=sorted)
    return f"{text}\n".encode()


def _point(point: Point) -> dict[str, Any]:
    return asdict(point) | {"blocks": [_block(block) for block in point.blocks]}


def _block(block: Block) -> dict[str, Any]:
    return asdict(block) | {"kind": KINDS[type(block).__name__]}
