"""What may go wrong, told for a reader who wants to know of harm and not of treatment (Annex IV(3))."""

from apps.checklist.rules.status import DECLARED
from apps.reports.rules.documents.content import NOTHING, Filled, Known
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.filling.found import table
from apps.reports.rules.documents.filling.registry import filler


@filler("outcomes.foreseeable")
def foreseeable(facts: Facts) -> Filled:
    """Unintended outcomes that were foreseen."""
    if not facts.risks:
        return NOTHING
    rows = [(one["id"], one["title"], one["description"], one["category_label"], one["level"]) for one in facts.risks]
    columns = ("Risk", "What may happen", "In more words", "Category", "How serious, before measures")
    known = tuple(
        Known(DECLARED, f"Risk {one['id']} of the register", one["updated_at"] or "", record_digest(one))
        for one in facts.risks
    )
    bare = tuple(
        f"Who may be harmed by risk {one['id']}, and how, is not told." for one in facts.risks if not one["description"]
    )
    return Filled(table("Outcomes that were foreseen", columns, rows, {0}), known, bare)
