"""What people enter about a file that becomes a version."""

from typing import Any

from django import forms

from apps.catalog.forms.datasets import SKELETON, DatasheetForm, datasheet_to_edit
from apps.catalog.forms.history import branches_of
from apps.catalog.models import Dataset, DatasetVersion, Upload
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
    shown = forms.ModelChoiceField(DatasetVersion.objects.none(), required=False, widget=forms.HiddenInput)
    is_checked = forms.BooleanField(
        label="I have checked that licence and datasheet are right for this file too",
        required=False,
        help_text="Otherwise what you leave as it is counts as carried over, and says so until somebody checks it.",
    )
    field_order = [
        "upload", "shown", "file", "branch", "message", "licence", "datasheet", "datasheet_file", "is_checked",
        "expect_digest",
    ]  # fmt: skip

    def __init__(
        self, dataset: Dataset, data: Any = None, files: Any = None, *, branch: str = "", arrived: Upload | None = None
    ) -> None:
        """`arrived` is a whole upload that waits for its description: then no file is asked for."""
        heads = {one.name: one.head for one in branches_of(dataset)}
        self.before = heads.get(branch) or heads.get(MAIN)
        said = {"branch": branch or MAIN, "upload": arrived.pk if arrived else None}
        super().__init__(data, files, initial=said | _said_before(self.before))
        self._offer_before(dataset)
        names = sorted(heads, key=lambda name: (name != MAIN, name)) or [MAIN]
        self.fields["branch"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
        if names == [MAIN]:
            self.fields["branch"].widget = forms.HiddenInput()
        self.fields["branch"].required = data is None or "branch" in data
        self.fields["file"].required = data is None or not data.get("upload")
        if arrived is not None:
            del self.fields["file"]

    def _offer_before(self, dataset: Dataset) -> None:
        if self.before is None or not (self.before.licence or self.before.provenance):
            del self.fields["shown"], self.fields["is_checked"]
            return
        self.fields["shown"].queryset = DatasetVersion.objects.filter(dataset=dataset)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """With `shown` only where what stood there may be carried over."""
        found = super().clean()
        if found.pop("is_checked", False) or found["datasheet_file"]:
            found["shown"] = None
        return found

    def clean_branch(self) -> str:
        """The main branch where nothing is said."""
        return str(self.cleaned_data["branch"] or MAIN)

    def clean_expect_digest(self) -> str:
        """Digests are kept in lower case."""
        return str(self.cleaned_data["expect_digest"]).lower()


def _said_before(version: DatasetVersion | None) -> dict[str, Any]:
    if version is None:
        return {"datasheet": SKELETON}
    return {"licence": version.licence, "datasheet": datasheet_to_edit(version.provenance), "shown": version.pk}
