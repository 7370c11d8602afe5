"""What people enter about a file that becomes a version."""

from typing import Any

from django import forms

from apps.catalog import queries
from apps.catalog.forms.datasets import SKELETON, DatasheetForm
from apps.catalog.models import Dataset, Upload
from apps.catalog.rules import MAIN


class UploadForm(DatasheetForm):
    """A file that becomes the dataset's next version: sent with the form, or in pieces before it as an upload."""

    file = forms.FileField(
        label="File",
        max_length=200,
        help_text="JSON Lines, CSV, Parquet or plain text, UTF-8. It is stored as it is and never changes.",
    )
    upload = forms.UUIDField(required=False, widget=forms.HiddenInput)
    branch = forms.ChoiceField(
        label="Branch", required=False, help_text="The line of versions that this one continues."
    )
    message = forms.CharField(
        label="What is new in it?", required=False, max_length=300, help_text="One line, like a commit message."
    )
    expect_digest = forms.RegexField(
        r"^[0-9a-fA-F]{64}$",
        label="Expected SHA-256",
        required=False,
        help_text="If you know it: the upload is refused when the file arrives with another digest.",
    )
    field_order = ["upload", "file", "branch", "message", "licence", "datasheet", "datasheet_file", "expect_digest"]

    def __init__(
        self, dataset: Dataset, data: Any = None, files: Any = None, *, branch: str = "", arrived: Upload | None = None
    ) -> None:
        """`arrived` is a whole upload that waits for its description: then no file is asked for."""
        said = {"datasheet": SKELETON, "branch": branch or MAIN, "upload": arrived.pk if arrived else None}
        super().__init__(data, files, initial=said)
        names = queries.branch_names(dataset) or [MAIN]
        self.fields["branch"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
        if names == [MAIN]:
            self.fields["branch"].widget = forms.HiddenInput()
        self.fields["branch"].required = data is None or "branch" in data
        self.fields["file"].required = data is None or not data.get("upload")
        if arrived is not None:
            del self.fields["file"]

    def clean_branch(self) -> str:
        """The main branch where nothing is said."""
        return str(self.cleaned_data["branch"] or MAIN)

    def clean_expect_digest(self) -> str:
        """Digests are kept in lower case."""
        return str(self.cleaned_data["expect_digest"]).lower()
