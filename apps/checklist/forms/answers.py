"""What people say about a question, and what supports it."""

from typing import Any

from django import forms
from django.http import QueryDict

from apps.checklist.rules import DECLARED, NOT_APPLICABLE, UNKNOWN, QuestionView
from apps.checklist.services.answers import TEXT_MOST

SAYS = {
    DECLARED: "This is the answer",
    NOT_APPLICABLE: "The question does not apply to this model",
    UNKNOWN: "We do not know",
}


class AnswerForm(forms.Form):
    """What a person says about one question. The two hidden fields tell whether something changed meanwhile."""

    status = forms.ChoiceField(label="What do you want to say?", choices=list(SAYS.items()), widget=forms.RadioSelect)
    text = forms.CharField(
        label="Answer",
        required=False,
        max_length=TEXT_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Needed if this is the answer: full sentences that somebody outside the team can follow.",
    )
    reason = forms.CharField(
        label="Why it does not apply",
        required=False,
        max_length=TEXT_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed only if the question does not apply. It becomes part of the record.",
    )
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    basis = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    @classmethod
    def of(cls, view: QuestionView, data: QueryDict | None = None) -> "AnswerForm":
        """The form for a question as it stands, with ids of its own so that many fit on one page."""
        answer = view.answer
        stated = answer.stated if answer and answer.stated else DECLARED
        initial = {"status": stated, "revision": view.revision, "basis": view.basis}
        if answer is not None:
            initial |= {"text": answer.text, "reason": answer.reason}
        return cls(data, initial=initial, auto_id=f"{view.id}-%s")

    def clean(self) -> dict[str, Any]:
        """An answer needs words, and "does not apply" needs its reason; the message stands at the field."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("status") == DECLARED and not found.get("text", "").strip():
            self.add_error("text", "Write the answer, or choose “We do not know”.")
        if found.get("status") == NOT_APPLICABLE and not found.get("reason", "").strip():
            self.add_error("reason", "Say why the question does not apply.")
        return found


class EvidenceForm(forms.Form):
    """A note or a link that supports an answer."""

    summary = forms.CharField(
        label="What does it show?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One sentence.",
    )
    link = forms.URLField(
        label="Where is it?", required=False, assume_scheme="https", help_text="The address of a document."
    )
