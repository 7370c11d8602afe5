"""What people enter about a merge."""

import json
from typing import Any

from django import forms

from apps.catalog.forms.history import BranchField, branches_of
from apps.catalog.models import Branch, Dataset
from apps.catalog.rules import MAIN
from apps.catalog.rules.merging import OURS, THEIRS

SIDES = {"": "Do not merge while any are left", OURS: "Keep what this branch has", THEIRS: "Take what the other has"}


class MergeChoiceForm(forms.Form):
    """Which branch comes into which."""

    source = BranchField(Branch.objects.none(), label="Merge", empty_label=None)
    branch = BranchField(Branch.objects.none(), label="Into", empty_label=None)

    def __init__(self, dataset: Dataset, data: Any = None) -> None:
        branches = list(branches_of(dataset))
        main = next((one.pk for one in branches if one.name == MAIN), None)
        other = next((one.pk for one in branches if one.name != MAIN), None)
        super().__init__(data, initial={"branch": main, "source": other})
        for name in ("source", "branch"):
            self.fields[name].queryset = branches_of(dataset)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Two different branches."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("source") and found.get("source") == found.get("branch"):
            self.add_error("source", "Choose another branch than the one it goes into.")
        return found


class MergeForm(MergeChoiceForm):
    """The merge itself: both branches, what happens to rows that clash, and a message."""

    prefer = forms.ChoiceField(
        label="Rows that clash and are not settled above",
        required=False,
        choices=list(SIDES.items()),
        help_text="A row clashes when both branches changed the same column of it, or one changed and one removed it.",
    )
    message = forms.CharField(
        label="What is new in it?", required=False, max_length=300, help_text="One line, like a commit message."
    )

    def __init__(self, dataset: Dataset, data: Any = None, *, chosen: dict[str, Any] | None = None) -> None:
        super().__init__(dataset, data)
        self.initial = {**self.initial, **{name: branch.pk for name, branch in (chosen or {}).items()}}
        for name in ("source", "branch"):
            self.fields[name].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """With the rows that were settled one by one as `choices`."""
        found = super().clean()
        found["choices"] = self._choices()
        return found

    def taken(self) -> dict[str, str]:
        """What was chosen row by row, by the key as the page wrote it, so that it comes back chosen."""
        return {
            self.data.get(f"key-{name.removeprefix('take-')}", ""): take
            for name, take in self.data.items()
            if name.startswith("take-") and take
        }

    def _choices(self) -> list[dict[str, Any]]:
        choices = []
        for name, take in self.data.items():
            if name.startswith("take-") and take:
                key = _key(self.data.get(f"key-{name.removeprefix('take-')}", ""))
                if take not in (OURS, THEIRS) or key is None:
                    self.add_error(None, "A choice for one row cannot be read. Choose again.")
                    return []
                choices.append({"key": key, "take": take})
        return choices


def _key(text: str) -> list[Any] | None:
    try:
        key = json.loads(text)
    except ValueError:
        return None
    return key if isinstance(key, list) else None
