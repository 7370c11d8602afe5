"""What people say about a question, and what supports it."""

from typing import Any

from django import forms
from django.http import QueryDict

from apps.checklist.rules import DECLARED, NOT_APPLICABLE, UNKNOWN, QuestionView
from apps.checklist.rules.frameworks import SCALE
from apps.checklist.rules.values import (
    ASKED,
    IN_WORDS,
    ValueRefused,
    checked_value,
    option_of_value,
    options_of,
    value_of_option,
)
from apps.checklist.services.saying import TEXT_MOST

SAYS = {
    DECLARED: "This is the answer",
    NOT_APPLICABLE: "The question does not apply here",
    UNKNOWN: "We do not know",
}


class AnswerForm(forms.Form):
    """What a person says about one question. The two hidden fields tell whether something changed meanwhile.

    Questions that ask for a choice, a number or a level get a field for it; words then explain it.
    """

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

    view: QuestionView
    use_required_attribute = False  # what is needed depends on what is chosen first, which only the server knows

    @classmethod
    def of(cls, view: QuestionView, data: QueryDict | None = None) -> "AnswerForm":
        """The form for a question as it stands, with ids of its own so that many fit on one page."""
        answer = view.own_answer
        stated = answer.stated if answer and answer.stated else DECLARED
        initial = {"status": stated, "revision": view.revision, "basis": view.basis}
        if answer is not None:
            initial |= {"text": answer.text, "reason": answer.reason, "value": option_of_value(answer.value)}
        form = cls(data, initial=initial, auto_id=f"{view.id}-%s")
        form.view = view
        if view.question.answer not in IN_WORDS:
            form.fields["value"] = _value_field(view, is_needed=data is None or data.get("status") == DECLARED)
            form.fields["text"].label, form.fields["text"].help_text = "In words", "What it rests on, if that helps."
            form.order_fields(["status", "value", "text", "reason"])
        return form

    def clean(self) -> dict[str, Any]:
        """An answer needs its value or words, "does not apply" its reason; the message stands at the field."""
        found: dict[str, Any] = super().clean() or {}
        status, sent = found.get("status"), found.get("value", "")
        found["value"] = {}
        if status == DECLARED and sent:
            found["value"] = self._value(sent.strip())
        elif status == DECLARED and "value" not in self.fields and not found.get("text", "").strip():
            self.add_error("text", "Write the answer, or choose “We do not know”.")
        if status == NOT_APPLICABLE and not found.get("reason", "").strip():
            self.add_error("reason", "Say why the question does not apply.")
        return found

    def _value(self, sent: str) -> dict[str, Any]:
        try:
            return checked_value(self.view.question, self.view.levels, value_of_option(self.view.question, sent))
        except ValueRefused as refused:
            self.add_error("value", f"{refused} Or choose “We do not know”.")
            return {}


def _value_field(view: QuestionView, *, is_needed: bool) -> forms.Field:
    """The field for what is chosen, counted or rated."""
    options = options_of(view.question, view.levels)
    missing = f"This question asks for {ASKED[view.question.answer]}. Or choose “We do not know”."
    needed: Any = {"required": is_needed, "error_messages": {"required": missing}}
    if not options:
        unit = f", in {view.question.unit}" if view.question.unit else ""
        number = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        return forms.CharField(label=f"Number{unit}", max_length=60, widget=number, **needed)
    if view.question.answer == SCALE:
        texts = {str(level.value): level.text for level in view.levels}
        options = [(value, f"{label}. {texts[value]}") for value, label in options]
    return forms.ChoiceField(label="Your answer", choices=options, widget=forms.RadioSelect, **needed)


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
