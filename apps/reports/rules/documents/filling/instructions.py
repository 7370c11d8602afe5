"""What instructions for use say beyond figures and answers: how the output can be explained (Article 13(3)(b)(iv))."""

from apps.reports.rules.documents.content import Filled
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.filling.found import each_version, statement_of
from apps.reports.rules.documents.filling.registry import filler


@filler("instructions.explaining")
def explaining(facts: Facts) -> Filled:
    """How the model's answers can be explained."""
    return each_version(facts, lambda version: statement_of(version, "explainability"))
