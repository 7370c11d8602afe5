"""What a scan measured, as sentences and figures that an export can carry."""

from typing import Any

from apps.catalog.rules.metadata.described import Measured

# The sections of a scan's result that speak to one of our fields, and the name of each in an export.
SECTIONS = {
    "secrets": ("confidentiality", "secrets", "Secrets"),
    "special_categories": ("personal_information", "specialCategories", "Special categories of personal data"),
    "markers": ("contains_copyrighted_material", "markers", "Copyright and confidentiality marks"),
    "poisoning": ("poisoning", "poisoning", "Search for planted text"),
    "generated": ("ai_generated", "syntheticShare", "Share written by machines"),
    "overlap": ("poisoning", "overlap", "Overlap with evaluation sets"),
}
_MOST_KINDS = 40


def measured_by(result: dict[str, Any], scan: str) -> list[Measured]:
    """One sentence for each section of a scan's result that is there; figures of every section beside it."""
    found = []
    personal = result.get("personal_data")
    if isinstance(personal, dict):
        found.append(Measured("personal_information", _personal(personal, scan), "personalData", _figures(personal)))
    for name, (field, term, label) in SECTIONS.items():
        section = result.get(name)
        if isinstance(section, dict):
            found.append(Measured(field, _sentence(section, label, scan), term, _figures(section)))
    return found


def _personal(section: dict[str, Any], scan: str) -> str:
    rows = section.get("rows_scanned", 0)
    total = section.get("total", 0)
    if not total:
        return f"{scan}: no personal data of the kinds looked for in {rows} rows."
    findings = section.get("findings") or []
    kinds = [f"{one['entity']} {one['count']} in column {one['column']}" for one in findings[:_MOST_KINDS]]
    more = f" and {len(findings) - _MOST_KINDS} more kinds" if len(findings) > _MOST_KINDS else ""
    return (
        f"{scan}: {total} pieces of personal data in {section.get('rows', 0)} of {rows} rows: {', '.join(kinds)}{more}."
    )


def _sentence(section: dict[str, Any], label: str, scan: str) -> str:
    summary = section.get("summary") or section.get("verdict")
    if isinstance(summary, str) and summary.strip():
        return f"{scan}, {label.lower()}: {summary.strip()}"
    figures = {name: value for name, value in _figures(section).items() if isinstance(value, int | float)}
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
    return f"{scan}, {label.lower()}: {told or 'looked for'}."


def _figures(section: dict[str, Any]) -> dict[str, Any]:
    """Numbers, short words and counts; never samples or places."""
    plain = {name: one for name, one in section.items() if isinstance(one, bool | int | float)}
    words = {name: section[name] for name in ("method", "digest", "error_rate") if isinstance(section.get(name), str)}
    counts = {
        name: section[name]
        for name in ("by_entity", "error_rate", "confidence_interval", "interval")
        if isinstance(section.get(name), dict | list)
    }
    return plain | words | counts
