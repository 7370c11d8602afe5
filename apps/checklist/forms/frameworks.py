"""A framework file that somebody brings."""

from typing import Any

from django import forms

from apps.checklist.rules.frameworks.texts import MOST_BYTES

PASTED = "framework.yaml"


class FrameworkForm(forms.Form):
    """A file, or its text."""

    file = forms.FileField(
        label="File",
        required=False,
        help_text=f"YAML, at most {MOST_BYTES // 1024 // 1024} MiB.",
        allow_empty_file=True,
    )
    text = forms.CharField(
        label="Or its text",
        required=False,
        strip=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "mono"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of both; as `text` and `name`."""
        given = super().clean() or {}
        file, text = given.pop("file", None), given.pop("text", "")
        if bool(file) == bool(text.strip()):
            raise forms.ValidationError("Choose a file or paste its text: one of both.")
        content = file.read(MOST_BYTES + 1) if file else text.replace("\r\n", "\n")
        return {"text": content, "name": str(file.name)[:200] if file else PASTED}
