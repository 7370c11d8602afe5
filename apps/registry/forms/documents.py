"""What people pick when cards and bills of others are taken over, and what they say themselves."""

from typing import Any

from django import forms

from apps.registry.queries.documents import Preview
from apps.registry.rules import cards

FILE, RECORD = "file", "record"


class DocumentForm(forms.Form):
    """A card or a bill to read."""

    file = forms.FileField(
        label="File",
        max_length=200,
        help_text=(
            "A Hugging Face model card (README.md), a file of .eval_results (YAML), or a CycloneDX bill of materials "
            "(JSON). It is read and shown beside the record; nothing changes until you say so."
        ),
    )


class DocumentApplyForm(forms.Form):
    """One choice for each field of the file: a box for what is new, two buttons where file and record differ."""

    reason = forms.CharField(
        label="Why is it taken over?",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is written into the audit trail. Empty: “Taken over from” and the name of the file.",
    )

    def __init__(self, preview: Preview, data: Any = None) -> None:
        super().__init__(data)
        self.preview = preview
        for line in preview.news:
            self.fields[line.name] = forms.BooleanField(label=f"Take over: {line.label}", required=False, initial=True)
        for line in preview.conflicts:
            self.fields[line.name] = forms.ChoiceField(
                label=line.label,
                choices=[(FILE, "Take what the file says"), (RECORD, "Keep what is recorded")],
                widget=forms.RadioSelect,
                error_messages={"required": "Pick one."},
            )

    def clean(self) -> dict[str, Any]:
        """What the service is given: the names to take, those to keep, and the reason."""
        found: dict[str, Any] = super().clean() or {}
        picked = {line.name: found.get(line.name) for line in [*self.preview.news, *self.preview.conflicts]}
        take = [name for name, choice in picked.items() if choice is True or choice == FILE]
        keep = [name for name, choice in picked.items() if choice == RECORD]
        return {"take": take, "keep": keep, "reason": found.get("reason", "")}


class StatementForm(forms.Form):
    """One thing that a person says of a version, in words."""

    field = forms.ChoiceField(
        label="About",
        choices=[(name, cards.label_of(name)) for name in cards.STATEMENTS],
        help_text="What is said there now is replaced.",
    )
    value = forms.CharField(
        label="What is to be said",
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Plain words. Left empty, what was said is taken back.",
    )
    reason = forms.CharField(
        label="Why?", max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}), help_text="It is kept in the trail."
    )
