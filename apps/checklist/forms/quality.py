"""Which of the things that are odd about an assessment the table shows."""

from typing import Any

from django import forms
from django.http import QueryDict

from apps.checklist.queries.quality import Quality
from apps.checklist.rules.quality import SEVERITIES, QualityItem


class QualityForm(forms.Form):
    """By how grave it is, and by check; only checks that found something are offered."""

    severity = forms.ChoiceField(label="How grave", required=False, choices=[("", "all"), *SEVERITIES.items()])
    check = forms.ChoiceField(label="Check", required=False)

    def __init__(self, data: QueryDict | None, *, found: Quality) -> None:
        super().__init__(data)
        self.found = found
        offered: Any = self.fields["check"]
        named = [(check.id, f"{check.id} {check.title} ({number})") for check, number in found.by_check]
        offered.choices = [("", "all"), *named]

    def chosen(self) -> list[QualityItem]:
        """What the person asked for; everything where nothing sensible was asked."""
        self.is_valid()
        wanted = getattr(self, "cleaned_data", {})
        return self.found.chosen(wanted.get("severity", ""), wanted.get("check", ""))
