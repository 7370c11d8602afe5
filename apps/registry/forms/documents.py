"""Cards and bills of others to read, and what people say themselves."""

from django import forms

from apps.registry.rules import cards


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
