"""What a scan measured, as sentences and figures for exports: counts and methods, never samples or places."""

from collections.abc import Callable
from typing import Any

from apps.catalog.rules.metadata.described import Measured

_MOST_KINDS = 40
_WORDS = ("method", "digest", "error_rate", "verdict", "summary", "statement")
_GROUPS = ("by_entity", "signals", "error_rate", "interval", "confidence_interval", "share")
Section = dict[str, Any]


def measured_by(result: Section, scan: str) -> list[Measured]:
    """One sentence with its figures for each section of a scan's result that speaks to one of our fields."""
    found = []
    for name, (field, term, words) in SECTIONS.items():
        section = result.get(name)
        if isinstance(section, dict):
            told = words(section)
            found += [Measured(field, f"{scan}: {told}", term, _figures(section))] if told else []
    return found


def _personal(section: Section) -> str:
    if not section.get("total"):
        return f"no personal data of the kinds looked for in {_rows(section)}."
    kinds = [f"{one['entity']} {one['count']} in column {one['column']}" for one in section.get("findings") or []]
    return _found(section, "pieces of personal data", kinds)


def _secrets(section: Section) -> str:
    if not section.get("total"):
        return f"no secret of a known form in {_rows(section)}."
    return _found(section, "secrets", _by_entity(section))


def _special(section: Section) -> str:
    if not section.get("total"):
        return f"no hint at special categories of personal data in {_rows(section)}."
    return _found(section, "hints at special categories of personal data", _by_entity(section))


def _markers(section: Section) -> str:
    kinds = [f"{one.get('label') or one.get('kind')} {one.get('count')}" for one in section.get("findings") or []]
    if not kinds:
        return f"no notice of rights, banner or identifier of a work in {_rows(section)}."
    return f"marks of rights or secrecy in {section.get('rows', 0)} of {_rows(section)}: {_listed(kinds)}."


def _overlap(section: Section) -> str:
    if not section.get("compared"):
        return ""
    sets = section.get("references") or []
    held = sum((one.get("contaminated") or {}).get("count", 0) for one in sets)
    of = sum(one.get("comparable", 0) for one in sets)
    return f"{held} of {of} examples of {len(sets)} evaluation sets are among {_rows(section)}."


def _poisoning(section: Section) -> str:
    signals = section.get("signals")
    if not isinstance(signals, dict):
        return _told("search for planted text")(section)
    counts = ", ".join(f"{name} {count}" for name, count in signals.items())
    return f"signals of planted text in {_rows(section)}: {counts}. A signal is no proof, and none is no proof either."


def _told(label: str) -> Callable[[Section], str]:
    """The section's own sentence where it has one, else its figures."""

    def words(section: Section) -> str:
        own = next((section[name] for name in ("summary", "statement", "verdict") if _is_text(section.get(name))), "")
        numbers = [f"{name.replace('_', ' ')} {value}" for name, value in section.items() if _is_number(value)]
        return f"{label}: {own or ', '.join(numbers) or 'looked for'}".rstrip(".") + "."

    return words


# The section of a scan's result → the field that it speaks to, the term that its figures get, and its sentence.
SECTIONS: dict[str, tuple[str, str, Callable[[Section], str]]] = {
    "personal_data": ("personal_information", "personalData", _personal),
    "special_categories": ("personal_information", "specialCategories", _special),
    "secrets": ("confidentiality", "secrets", _secrets),
    "markers": ("contains_copyrighted_material", "markers", _markers),
    "overlap": ("limitations", "overlap", _overlap),
    "poisoning": ("poisoning", "poisoning", _poisoning),
    "generated": ("ai_generated", "syntheticShare", _told("estimated share written by machines")),
}


def _found(section: Section, what: str, kinds: list[str]) -> str:
    return f"{section['total']} {what} in {section.get('rows', 0)} of {_rows(section)}: {_listed(kinds)}."


def _rows(section: Section) -> str:
    return f"{section.get('rows_scanned', 0)} rows"


def _by_entity(section: Section) -> list[str]:
    return [f"{name} {count}" for name, count in sorted((section.get("by_entity") or {}).items())]


def _listed(kinds: list[str]) -> str:
    more = f" and {len(kinds) - _MOST_KINDS} more kinds" if len(kinds) > _MOST_KINDS else ""
    return ", ".join(kinds[:_MOST_KINDS]) + more


def _figures(section: Section) -> dict[str, Any]:
    plain = {name: value for name, value in section.items() if isinstance(value, bool) or _is_number(value)}
    words = {name: section[name] for name in _WORDS if _is_text(section.get(name))}
    return plain | words | {name: section[name] for name in _GROUPS if isinstance(section.get(name), dict | list)}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
