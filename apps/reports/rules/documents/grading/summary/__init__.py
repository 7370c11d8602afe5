"""Grading a public summary of training content before it is published, by eight sections and six metrics.

Sections, metrics and letters follow the assessments of published summaries by the AI Accountability Lab; weights and
checks are this project's own. What a person would have to judge (whether a statement is true) is not graded: the record
that the summary was made from is compared with what people stated.
"""

from collections.abc import Callable, Iterator

from apps.reports.rules.documents.content import Document
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.grading import Finding, Grading, graded
from apps.reports.rules.documents.grading.summary import agreement, dates, fields, links, wording
from apps.reports.rules.documents.grading.summary.record import (
    ACCESSIBILITY,
    CLARITY,
    COMPLETENESS,
    COMPREHENSION,
    CONSISTENCY,
    CORRECTNESS,
    GRID,
    Summary,
)

# What each metric counts for, in per cent.
WEIGHTS = {
    CLARITY: 20,
    COMPLETENESS: 40,
    CONSISTENCY: 10,
    CORRECTNESS: 15,
    ACCESSIBILITY: 5,
    COMPREHENSION: 10,
}
CHECKS: tuple[Callable[[Summary], Iterator[Finding]], ...] = (
    fields.empty,
    fields.in_part,
    fields.unexplained,
    dates.formats,
    dates.order,
    dates.mixed,
    links.earlier_versions,
    links.addresses,
    links.datasets,
    links.broken,
    links.contact,
    agreement.used_or_not,
    agreement.sizes,
    agreement.acquisition,
    agreement.synthetic,
    agreement.stale,
    agreement.names,
    agreement.repeated,
    wording.generic_types,
    wording.wrong_field,
    wording.too_short,
    wording.hard_to_read,
    wording.abbreviations,
    wording.unnumbered,
    wording.no_languages,
)


def grade(document: Document, facts: Facts) -> Grading:
    """The grade of a finished summary; `facts` are those of the snapshot it was made from. Same values, same grade."""
    summary = Summary(document, facts)
    return graded(list(GRID), WEIGHTS, [finding for check in CHECKS for finding in check(summary)])
