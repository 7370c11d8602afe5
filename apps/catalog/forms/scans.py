"""What a person chooses before a scan, and before a redaction."""

from typing import Any

from django import forms

from apps.catalog.models import DatasetVersion
from apps.catalog.rules import LANGUAGES, SCAN_CHECKS

NO_COLUMN = ""


class ScanForm(forms.Form):
    """Every choice has a default that looks at everything; the rest is for those who know better."""

    checks = forms.MultipleChoiceField(
        label="What to look for",
        choices=list(SCAN_CHECKS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    languages = forms.MultipleChoiceField(
        label="Languages of the text",
        choices=list(LANGUAGES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="They decide which national identifiers, phone formats and word lists are looked for.",
        error_messages={"required": "Choose at least one."},
    )
    pii_sample_rows = forms.IntegerField(
        label="Rows to search for personal data and secrets",
        required=False,
        min_value=1,
        help_text="Empty: all rows. A sample of fewer than 1,000 answers nothing; of a larger one the answer says how"
        " much may stand in the rest. After a sample, people without the right to read rows see none of them.",
    )
    label_column = forms.ChoiceField(
        label="Column with the label", required=False, help_text="For signs of poisoning. Empty: by its name."
    )
    answer_column = forms.ChoiceField(label="Column with the answer", required=False)
    against = forms.MultipleChoiceField(
        label="Evaluation data to compare with",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Examples of these that stand in the rows are told: a model would know them by heart.",
    )
    protected = forms.MultipleChoiceField(
        label="Protected works to compare with", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        version: DatasetVersion,
        data: Any = None,
        *,
        against: list[DatasetVersion],
        protected: list[DatasetVersion],
        before: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(before or {}, against, protected))
        columns = [(str(column["name"]), str(column["name"])) for column in version.columns]
        for name in ("label_column", "answer_column"):
            self.choices_of(name, [(NO_COLUMN, "—"), *columns])
        for name, offered in (("against", against), ("protected", protected)):
            if offered:
                self.choices_of(name, [(str(item.pk), str(item)) for item in offered])
            else:
                del self.fields[name]

    def choices_of(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Offer these for a field."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """What the service is given: the settings of the scan, without those left at their default."""
        found: dict[str, Any] = super().clean() or {}
        config: dict[str, Any] = {"languages": found.get("languages", [])}
        checks = found.get("checks", [])
        if len(checks) < len(SCAN_CHECKS):
            config["checks"] = checks
        for name in ("pii_sample_rows", "label_column", "answer_column"):
            if found.get(name):
                config[name] = found[name]
        for name in ("against", "protected"):
            if name in self.fields:
                config[name] = [int(pk) for pk in found.get(name, [])]
        return {"config": config}


def _initial(before: dict[str, Any], against: list[DatasetVersion], protected: list[DatasetVersion]) -> dict[str, Any]:
    return {
        "checks": before.get("checks") or list(SCAN_CHECKS),
        "languages": before.get("languages") or ["en"],
        "pii_sample_rows": before.get("pii_sample_rows"),
        "label_column": before.get("label_column", NO_COLUMN),
        "answer_column": before.get("answer_column", NO_COLUMN),
        "against": [str(item.pk) for item in against],
        "protected": [str(item.pk) for item in protected],
    }


class RedactionForm(forms.Form):
    """Which kinds of findings go, and what stands in their place."""

    entities = forms.MultipleChoiceField(
        label="What to take out",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one kind."},
    )
    pseudonymous = forms.ChoiceField(
        label="What stands in its place",
        choices=[
            ("", "Its kind alone, such as <EMAIL_ADDRESS>"),
            ("yes", "Its kind and a pseudonym, the same for the same value"),
        ],
        required=False,
        widget=forms.RadioSelect,
        help_text="With pseudonyms rows of one person can still be joined, so the data stays personal data.",
    )
    scan_again = forms.BooleanField(label="Scan the new version", required=False, initial=True)
    message = forms.CharField(label="Message", required=False, max_length=300)

    def __init__(self, found: dict[str, int], labels: dict[str, str], data: Any = None) -> None:
        hints = {name for name in found if name in HINTS}
        super().__init__(data, initial={"entities": [name for name in found if name not in hints], "pseudonymous": ""})
        field = self.fields["entities"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(name, f"{labels[name]}: {number}") for name, number in found.items()]

    def clean_pseudonymous(self) -> bool:
        """Whether equal values are to stay equal."""
        return bool(self.cleaned_data["pseudonymous"])


# Words of special categories are hints: taking them out changes what a sentence says, so nobody is led to it.
HINTS = frozenset({"HEALTH", "RELIGION", "POLITICS", "UNION", "SEXUAL_LIFE", "BIOMETRIC", "GENETIC", "ETHNIC_ORIGIN"})
