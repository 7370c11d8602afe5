"""What people enter about data."""

from typing import Any

import yaml
from django import forms

from apps.accounts.models import Team, User
from apps.accounts.queries import teams_where
from apps.catalog.models import DatasetVersion
from apps.catalog.rules import provenance_gaps
from apps.catalog.rules.declared import statements_of
from apps.core.errors import Invalid
from apps.core.plain import MOST_CHARACTERS, object_of_text

LICENCE_HELP = "As SPDX writes it, for example Apache-2.0, CC-BY-4.0 or MIT AND CC0-1.0. The scan says what it means."
DATASHEET_HELP = "YAML or JSON. The fields below are what the checklist asks for; more are welcome and are kept."
SHORT_PURPOSES = {"ordinary": "training or other use", "evaluation": "evaluation", "protected": "protected works"}
SKELETON = """\
sources:
  - name:
    issuer:
    statement:
origin:
collection_method:
permission:
contains_copyrighted_material:
confidentiality:
ai_generated:
"""


class DatasetFilterForm(forms.Form):
    """Which datasets the list shows."""

    name = forms.CharField(label="Name", required=False, max_length=120)
    team = forms.ModelChoiceField(Team.objects.none(), label="Team", required=False, empty_label="all")
    purpose = forms.ChoiceField(label="Purpose", required=False, choices=[("", "all"), *SHORT_PURPOSES.items()])

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data or None)
        self.fields["team"].queryset = teams_where(user, "team.view")  # type: ignore[attr-defined]


class DatasetForm(forms.Form):
    """A new dataset."""

    team = forms.ModelChoiceField(
        Team.objects.none(), label="Team", empty_label=None, help_text="Only this team sees it, unless it is shared."
    )
    name = forms.CharField(label="Name", max_length=120, help_text="How people will look for it.")
    description = forms.CharField(
        label="What is in it?",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One or two sentences. Where the data comes from is asked for with each version.",
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.fields["team"].queryset = teams_where(user, "dataset.create")  # type: ignore[attr-defined]


class DatasheetForm(forms.Form):
    """What is declared about a version: its licence and where it comes from."""

    licence = forms.CharField(label="Licence", required=False, max_length=200, help_text=LICENCE_HELP)
    datasheet = forms.CharField(
        label="Datasheet",
        required=False,
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "mono", "spellcheck": "false"}),
        help_text=DATASHEET_HELP,
    )
    datasheet_file = forms.FileField(
        label="Datasheet as a file",
        required=False,
        max_length=200,
        help_text="Instead of the text: a .yaml or .json file. It replaces what stands in the text.",
    )

    def clean(self) -> dict[str, Any]:
        """The values with `provenance`, read from the text or the file, in place of both."""
        found: dict[str, Any] = super().clean() or {}
        file, text = found.pop("datasheet_file", None), found.pop("datasheet", "")
        name = "datasheet_file" if file else "datasheet"
        found["datasheet_file"] = str(file.name) if file else ""
        try:
            found["provenance"] = _without_blanks(object_of_text(_text_of(file) if file else text, "datasheet"))
        except Invalid as error:
            self.add_error(name, error.message)
        return found


def _text_of(file: Any) -> str:
    content = file.read(4 * MOST_CHARACTERS + 1)
    try:
        return str(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid("This file is not UTF-8 text.") from error


def _without_blanks(value: Any) -> Any:
    """The value without what was left empty: a skeleton that nobody filled in says nothing."""
    if isinstance(value, dict):
        kept = {name: _without_blanks(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item not in (None, "", [], {})}
    if isinstance(value, list):
        return [item for item in map(_without_blanks, value) if item not in (None, "", [], {})]
    return value


class DescribeForm(DatasheetForm):
    """A correction of what is declared, with its reason."""

    reason = forms.CharField(
        label="Why does it change?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is written into the audit trail. Answers that rested on the old text turn stale.",
    )

    @classmethod
    def of(cls, version: DatasetVersion, data: Any = None, files: Any = None) -> "DescribeForm":
        """The form with what is declared now."""
        form = cls(
            data, files, initial={"licence": version.licence, "datasheet": datasheet_to_edit(version.provenance)}
        )
        if version.carried:
            form.fields["reason"].label = "Why is this right for this version?"
            form.fields[
                "reason"
            ].help_text = "It is written into the audit trail. After saving, all of it counts as said of this version."
        return form


def datasheet_text(provenance: dict[str, Any]) -> str:
    """The datasheet as YAML that reads back to the same values."""
    text: str = yaml.safe_dump(provenance, allow_unicode=True, sort_keys=False, width=100)
    return text


def datasheet_to_edit(provenance: dict[str, Any]) -> str:
    """What the datasheet says, as YAML, with the fields that are still empty at its end."""
    said = statements_of(provenance)
    return datasheet_text(said) + "".join(f"{name}:\n" for name in provenance_gaps(said)) if said else SKELETON
