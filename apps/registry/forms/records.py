"""What people put right about a version."""

from typing import Any

from django import forms

from apps.registry.models import ModelVersion
from apps.registry.rules import RELATIONS
from apps.registry.rules.facts import FIELDS, LARGEST_CONTEXT, LENGTHS

_TWO_LINES = forms.Textarea(attrs={"rows": 2})


def _text(name: str, label: str, help_text: str = "", **more: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LENGTHS[name], help_text=help_text, **more)


class FactsForm(forms.Form):
    """What is on record about a version, and why it changes."""

    description = _text("description", "What is it?", widget=_TWO_LINES)
    licence = _text("licence", "Licence", "By SPDX, such as Apache-2.0.")
    architecture = _text("architecture", "Architecture", "The class that loads it, such as LlamaForCausalLM.")
    parameters = forms.IntegerField(label="Parameters", required=False, min_value=0, max_value=2**63 - 1)
    tokenizer = _text("tokenizer", "Tokenizer")
    context_length = forms.IntegerField(
        label="Context length",
        required=False,
        min_value=1,
        max_value=LARGEST_CONTEXT,
        help_text="Tokens that it can take in and give out at once.",
    )
    modality = _text("modality", "What goes in and comes out", "Such as: text to text.")
    library = _text("library", "Library", "What loads it, such as transformers.")
    relation = forms.ChoiceField(
        label="How it comes from its base models", required=False, choices=[("", "not said"), *RELATIONS.items()]
    )
    base_names = forms.CharField(
        label="Base models by name", required=False, max_length=15_000, widget=_TWO_LINES,
        help_text="One a line. Base models of this portal are on record as lineage.",
    )  # fmt: skip
    environment = _text(
        "environment", "Packages it was made with", "Pinned, one a line, as pip freeze prints them.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    reason = forms.CharField(
        label="Why does it change?",
        max_length=2_000,
        widget=_TWO_LINES,
        help_text="It is written into the audit trail. Answers of the checklist that rest on what changes turn stale.",
    )

    @classmethod
    def of(cls, version: ModelVersion, data: Any = None) -> "FactsForm":
        """The form with what is on record now."""
        initial = {name: getattr(version, name) for name in FIELDS}
        return cls(data, initial=initial | {"base_names": "\n".join(version.base_names)})

    def clean_base_names(self) -> list[str]:
        """The names, each for itself."""
        lines = [line.strip() for line in str(self.cleaned_data["base_names"]).splitlines()]
        if any(len(line) > 300 for line in lines):
            raise forms.ValidationError("A name has at most 300 letters.")
        return [line for line in lines if line]

    def clean_environment(self) -> str:
        """With the line ends of one kind: browsers send two characters each."""
        return str(self.cleaned_data["environment"]).replace("\r\n", "\n").strip()

    def clean_description(self) -> str:
        """With the line ends of one kind."""
        return str(self.cleaned_data["description"]).replace("\r\n", "\n")
