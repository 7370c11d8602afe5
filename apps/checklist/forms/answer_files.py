"""A file of answers that somebody brings, and the rows of it that they take after looking at them."""

import json
from collections.abc import Iterable
from typing import Any

from django import forms

from apps.checklist.rules.saying import Said
from apps.core.errors import Invalid
from apps.core.foreign_text import ForeignText
from apps.core.spreadsheets import MOST_BYTES

_ROWS = ForeignText("import", "Bring the file again.")
_KEPT = {"question": str, "status": str, "text": str, "reason": str, "value": dict, "revision": int, "basis": str}


class AnswerFileForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        help_text=f"An exported workbook (XLSX) or CSV, filled in; at most {MOST_BYTES // 1024 // 1024} MiB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def content(self) -> bytes:
        """What the file holds; one byte over the bound is enough to refuse it."""
        found: bytes = self.cleaned_data["file"].read(MOST_BYTES + 1)
        return found


class TakeForm(forms.Form):
    """The rows that were accepted in the preview, as they were shown. Writing looks at them again."""

    rows = forms.CharField(widget=forms.HiddenInput, strip=False)

    def clean_rows(self) -> dict[str, Any]:
        """The rows as `given` and the digest of the file that they come from."""
        try:
            found = _ROWS.json_object(self.cleaned_data["rows"])
            given = [_said(row) for row in found["rows"]]
            return {"given": given, "digest": str(found.get("digest", ""))[:64]}
        except (Invalid, KeyError, TypeError) as error:
            raise forms.ValidationError("These rows cannot be read. Bring the file again.") from error


def rows_kept(given: Iterable[Said], digest: str) -> str:
    """Accepted rows as the form carries them from the preview to the writing."""
    rows = [
        {
            "question": said.question,
            "status": said.status,
            "text": said.text,
            "reason": said.reason,
            "value": said.value,
            "revision": said.expect_revision,
            "basis": said.expect_basis,
        }
        for said in given
    ]
    return json.dumps({"digest": digest, "rows": rows}, ensure_ascii=False)


def _said(row: Any) -> Said:
    for name, kind in _KEPT.items():
        if type(row[name]) is not kind or "\x00" in str(row[name]):
            raise TypeError(name)
    return Said(
        question=row["question"],
        status=row["status"],
        text=row["text"].strip(),
        reason=row["reason"].strip(),
        value=row["value"],
        expect_revision=row["revision"],
        expect_basis=row["basis"],
    )
