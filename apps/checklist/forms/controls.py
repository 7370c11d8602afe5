"""What people enter about controls of risks."""

from django import forms


class ControlForm(forms.Form):
    """What holds a risk down."""

    title = forms.CharField(label="What holds the risk down?", max_length=200, help_text="In a few words.")
    description = forms.CharField(
        label="How does it work?", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    rule = forms.CharField(
        label="Let the platform check it",
        required=False,
        max_length=300,
        help_text=(
            "One line of the language of gates, such as “requires: evaluation.exact_match >= 0.7 on suite support-v2”, "
            "“no conflict: licence” or “at least: measured for data-6”. Whenever it is no longer met, the risk opens "
            "again by itself. Leave it empty where people look after it."
        ),
    )
