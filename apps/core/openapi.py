"""What is said about every operation in the OpenAPI description, added after it was generated."""

from typing import Any

from apps.core.problems import MEDIA_TYPE

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "A refusal (RFC 9457): what was refused, why, and what would make it pass.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string", "description": "A sentence for people"},
        "status": {"type": "integer", "description": "The HTTP status"},
        "code": {"type": "string", "description": "Stable, for programs"},
        "remedy": {"type": "string", "description": "What would make it pass"},
        "errors": {
            "type": "object",
            "additionalProperties": {},
            "description": "Field by field, where fields cannot be accepted",
        },
    },
}
REFUSAL: dict[str, Any] = {
    "description": "Refused; the document says why and what would make it pass.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A drf-spectacular hook: every operation may answer with a problem document."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"].setdefault("default", REFUSAL)
    return result
