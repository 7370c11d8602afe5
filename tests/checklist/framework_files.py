"""A small framework of its own, as a file and as a value, for tests of loading, upgrading and scoring."""

from typing import Any

import yaml

from apps.checklist.queries.frameworks import framework_in
from apps.checklist.rules import Framework

URN = "urn:example:framework:house-rules"


def question(name: str, text: str = "Is it so?", **more: Any) -> dict[str, Any]:
    """One question that people answer."""
    return {"id": name, "text": text, "subject": "system", "minimum_status": "declared", "collectors": []} | more


def group(name: str, *questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A group with its questions."""
    found: dict[str, Any] = {"id": name, "title": name.title(), "summary": f"About {name}."}
    return found | ({"questions": list(questions)} if questions else {}) | more


def raw_framework(*groups: dict[str, Any], version: int = 1, **more: Any) -> dict[str, Any]:
    """A whole file."""
    return {
        "urn": URN,
        "version": version,
        "title": "House rules",
        "summary": "What this house asks of every system.",
        "language": "en",
        "effective_date": "2026-01-01",
        "source": {"author": "The house", "title": "House rules", "url": "https://example.org/rules"},
        "copyright": "The house.",
        "groups": list(groups) or [group("first", question("a-1"))],
    } | more


def text_of(raw: Any) -> str:
    """A file as YAML, its fields in the order given."""
    return str(yaml.safe_dump(raw, sort_keys=False, allow_unicode=True))


def made(*groups: dict[str, Any], **more: Any) -> Framework:
    """A framework without a file."""
    return framework_in(text_of(raw_framework(*groups, **more)), "made.yaml")
