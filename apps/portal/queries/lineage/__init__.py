"""What came from what, in both directions."""

from apps.portal.queries.lineage.answering import KINDS, Answered, answered_at, things_that_answer
from apps.portal.queries.lineage.downstream import Downstream, downstream_of
from apps.portal.queries.lineage.drawing import lineage_graph
from apps.portal.queries.lineage.impact import STARTS, Effect, impact_graph, licence_effects, start_seen

__all__ = [
    "KINDS",
    "STARTS",
    "Answered",
    "Downstream",
    "Effect",
    "answered_at",
    "downstream_of",
    "impact_graph",
    "licence_effects",
    "lineage_graph",
    "start_seen",
    "things_that_answer",
]
