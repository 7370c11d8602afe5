"""Who is given which part of an assessment, and what people say about it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict

from apps.accounts.models import User
from apps.checklist.rules import AssessmentView
from apps.checklist.rules.work import EVERYTHING, is_done
from apps.checklist.services.assignments import NOTE_MOST
from apps.checklist.services.discussions import REMARK_MOST

_WHOLE, _GROUP, _QUESTION = "whole", "group:", "question:"
_WORDS_SHOWN = 90  # characters of a question in the list of parts


class AssignmentForm(forms.Form):
    """A part that is not done, a person who may answer, and until when."""

    part = forms.ChoiceField(label="Which part?")
    person = forms.ModelChoiceField(User.objects.none(), label="Who does it?", empty_label="Choose somebody")
    due_on = forms.DateField(
        label="Until when?",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The last day on which it is in time. The person is reminded a week and a day before.",
    )
    note = forms.CharField(
        label="A note for them",
        required=False,
        max_length=NOTE_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Everybody of the team can read it.",
    )

    def __init__(
        self, data: QueryDict | None, *, view: AssessmentView, people: list[User], asked: dict[str, str]
    ) -> None:
        named = next((f"{kind}:{asked[kind]}" for kind in ("question", "group") if asked.get(kind)), _WHOLE)
        super().__init__(data, initial={"part": named})
        fields: Any = self.fields
        fields["part"].choices = [(_WHOLE, EVERYTHING), *_parts(view)]
        fields["person"].queryset = User.objects.filter(pk__in=[one.pk for one in people]).order_by("name", "pk")
        if len(people) == 1:
            fields["person"].empty_label = None

    def clean(self) -> dict[str, Any]:
        """What the service is given: the part as group or question."""
        given = super().clean() or {}
        part = given.pop("part", "")
        given["group"] = part.removeprefix(_GROUP) if part.startswith(_GROUP) else ""
        given["question"] = part.removeprefix(_QUESTION) if part.startswith(_QUESTION) else ""
        return given


def _parts(view: AssessmentView) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The groups and the questions that are not done."""
    groups = [section.group for section in view.framework.sections]
    yield "A group", [(f"{_GROUP}{one.id}", one.title) for one in groups if not is_done(view, one.id, "")]
    yield (
        "One question",
        [
            (f"{_QUESTION}{one.id}", f"{one.id}: {one.question.text[:_WORDS_SHOWN]}")
            for one in view.questions
            if not is_done(view, "", one.id)
        ],
    )


class RemarkForm(forms.Form):
    """What somebody says; `question` is empty for the assessment as a whole."""

    question = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    text = forms.CharField(
        label="Your remark",
        max_length=REMARK_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody of the team can read it. It cannot be changed afterwards; you can withdraw it.",
    )
