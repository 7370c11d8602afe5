"""The metrics by which technical documentation is graded, and one objection to it."""

from dataclasses import dataclass

COMPLETENESS, EVIDENCE, CURRENCY = "Completeness", "Evidence", "Currency"
TRACEABILITY, REASONS, CONSISTENCY = "Traceability", "Reasons", "Consistency"
# How much each counts: a gap is worse than a figure of last year.
WEIGHTS = {COMPLETENESS: 3, EVIDENCE: 2, CURRENCY: 1, TRACEABILITY: 2, REASONS: 1, CONSISTENCY: 1}


@dataclass(frozen=True)
class Objection:
    """What is wrong in one section of the Annex, by one metric, and what would settle it. `points` is from 0 to 100."""

    section: str
    metric: str
    points: float
    sentence: str
    remedy: str
    point: str = ""
