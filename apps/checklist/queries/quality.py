"""What is odd about the answers of an assessment, with places to go to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from apps.checklist.models import Assessment
from apps.checklist.queries.reading import place_of
from apps.checklist.rules import AssessmentView
from apps.checklist.rules.quality import CHECKS, SEVERITIES, Check, QualityItem, checked


@dataclass(frozen=True)
class Quality:
    """Everything odd about one assessment, the gravest first."""

    view: AssessmentView
    items: tuple[QualityItem, ...]

    @property
    def counted(self) -> list[tuple[str, str, int]]:
        """Each severity with its label and how many items it has."""
        found = Counter(item.severity for item in self.items)
        return [(name, label, found[name]) for name, label in SEVERITIES.items()]

    @property
    def counted_words(self) -> list[tuple[str, str, int]]:
        """The same with the number in the words: “1 error”, “3 warnings”."""
        return [(name, f"{number} {name}{'' if number == 1 else 's'}", number) for name, _, number in self.counted]

    @property
    def by_check(self) -> list[tuple[Check, int]]:
        """Each check that found something, with how often it did."""
        found = Counter(item.id for item in self.items)
        return [(check, found[name]) for name, check in CHECKS.items() if found[name]]

    def chosen(self, severity: str, check: str) -> list[QualityItem]:
        """The items of this severity and check; all of them for what is neither."""
        return [
            item
            for item in self.items
            if (severity not in SEVERITIES or item.severity == severity) and (check not in CHECKS or item.id == check)
        ]

    def lines(self, items: Sequence[QualityItem]) -> list[tuple[QualityItem, str]]:
        """The items with the addresses of their questions."""
        return [(item, place_of(self.view.pk, self.view.framework, item.question)) for item in items]


def quality_of(assessment: Assessment, view: AssessmentView, on: date | None = None) -> Quality:
    """Look through the answers as they stand on a day (today). No queries: the view has all that is asked for."""
    made_at = assessment.subject.created_at
    made_on = min(made_at.date(), timezone.localdate(made_at))  # evidence of the same day may be dated either way
    return Quality(view, tuple(checked(view, made_on=made_on, today=on or timezone.localdate())))
