"""What people enter about audit accesses, and what a guest enters in a room."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.queries import team_ids_where
from apps.auditors.queries.documents import About
from apps.auditors.rules import KINDS, LINK
from apps.core.form_fields import LONGEST_KEY
from apps.registry.models import AISystem
from apps.reports.models import Snapshot
from apps.reports.queries.kinds import Kind
from apps.reports.rules.documents.spec import SUBJECTS

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SystemsField(forms.ModelMultipleChoiceField):
    """Systems, each with its team."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.team.name})"


class AccessForm(forms.Form):
    """Who is let in, to what, and until when."""

    label = forms.CharField(
        label="Who looks?", max_length=120, help_text="For example: Certifier Ltd, surveillance audit 2026."
    )
    systems = SystemsField(
        queryset=AISystem.objects.none(),
        label="Which systems may they see?",
        widget=forms.CheckboxSelectMultiple,
        help_text="All of one team. Nothing else of the portal is there for them.",
    )
    kind = forms.ChoiceField(
        label="How do they come in?", choices=list(KINDS.items()), initial=LINK, widget=forms.RadioSelect
    )
    email = forms.EmailField(
        label="The person's e-mail address", required=False, help_text="Only for a named person, who signs in with it."
    )
    expires_on = forms.DateField(label="Until when?", widget=_DAY)
    reason = forms.CharField(
        label="Why are they let in?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is written into the audit trail.",
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data, initial={"expires_on": timezone.localdate() + timedelta(days=14)})
        teams = team_ids_where(user, "audit_access.give")
        rows = AISystem.objects.filter(team_id__in=teams).select_related("team").order_by("team__name", "name", "pk")
        systems: Any = self.fields["systems"]
        systems.queryset = rows
        days = settings.AUDIT_ACCESS_DAYS
        self.fields["expires_on"].help_text = f"The last day, {days} days ahead at most."

    def clean(self) -> dict[str, Any]:
        """The last moment of the day, at most what is allowed."""
        given = super().clean() or {}
        if day := given.pop("expires_on", None):
            end = timezone.make_aware(datetime.combine(day, time(23, 59, 59)))
            longest = timezone.now() + timedelta(days=settings.AUDIT_ACCESS_DAYS)
            is_last_day = end > longest and day <= timezone.localdate(longest)
            given["expires_at"] = longest if is_last_day else end
        return given


class OpenForm(forms.Form):
    """The secret of a link. Where the browser runs the page's script it is filled in from the address."""

    secret = forms.CharField(
        label="The code in your link",
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}, render_value=False),
        help_text="Everything behind the # of the address. It is filled in by itself where your browser allows it.",
    )


class PasswordForm(forms.Form):
    """The password that a named person chooses when they come in for the first time."""

    secret = forms.CharField(max_length=200, widget=forms.HiddenInput)
    password = forms.CharField(
        label="Choose a password",
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least ten characters. You sign in with it and your e-mail address from now on.",
    )


def thing_named(key: str) -> tuple[str, int]:
    """The kind and the number of a thing that is named as `version:12`; the number is 0, which nothing has, for what is
    none.
    """
    kind, _, pk = key.partition(":")
    return kind, int(pk) if pk.isascii() and pk.isdecimal() and len(pk) <= LONGEST_KEY else 0


class SubjectChoice(forms.ChoiceField):
    """One thing of the room, as its kind and number."""

    def clean(self, value: Any) -> tuple[str, int]:
        """The kind and the number."""
        return thing_named(str(super().clean(value)))


class SnapshotForm(forms.Form):
    """What is frozen, and why."""

    subject = SubjectChoice(label="Of what?")
    label = forms.CharField(label="What do you call it?", max_length=120)
    reason = forms.CharField(label="Why?", max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, subjects: list[About], data: Any = None) -> None:
        super().__init__(data, auto_id="snapshot-%s")
        field: Any = self.fields["subject"]
        field.choices = [(one.key, f"{one.kind_label}: {one.label}") for one in subjects]


class DocumentForm(forms.Form):
    """Which document, about what: a thing as it is now, or one of its snapshots."""

    document = forms.ChoiceField(label="Which document?")
    source = forms.ChoiceField(label="About what?", help_text="As it is on record now, or as it was frozen before.")
    audience = forms.ChoiceField(label="For whom?", required=False, help_text="Only some documents have editions.")

    def __init__(self, subjects: list[About], snapshots: list[Snapshot], data: Any = None) -> None:
        super().__init__(data, auto_id="document-%s")
        kinds: dict[str, Kind] = {kind.slug: kind for one in subjects for kind in one.kinds}
        fields: Any = self.fields
        fields["document"].choices = [(kind.slug, _in_words(kind)) for kind in kinds.values()]
        frozen = [(f"snapshot:{one.pk}", f"{one}: {one.subject_label}"[:160]) for one in snapshots]
        now = [(one.key, f"{one.kind_label}: {one.label}"[:160]) for one in subjects]
        fields["source"].choices = [("As it is now", now), *([("From a snapshot", frozen)] if frozen else [])]
        audiences = {one.id: one.title for kind in kinds.values() for one in kind.audiences}
        fields["audience"].choices = [("", "everybody"), *audiences.items()]

    def clean(self) -> dict[str, Any]:
        """What the service is given: the thing, or the number of the snapshot."""
        given = super().clean() or {}
        kind, _, pk = given.pop("source", "").partition(":")
        if pk.isdecimal() and len(pk) <= LONGEST_KEY:
            given |= {"snapshot": int(pk)} if kind == "snapshot" else {"subject": (kind, int(pk))}
        return given


def _in_words(kind: Kind) -> str:
    """A kind of document, and what it can be about."""
    return f"{kind.title} ({', '.join(SUBJECTS[one] for one in kind.subjects)})"


class BroughtForm(forms.Form):
    """A pack or a PDF to check."""

    file = forms.FileField(label="Pack or PDF", help_text="Exactly as it was downloaded. Nothing of it is kept.")
    digest = forms.RegexField(
        "^[0-9a-fA-F]{64}$",
        label="Digest of its manifest",
        required=False,
        help_text="Of a pack, if somebody gave you the digest by another way.",
    )
    key = forms.CharField(
        label="Fingerprint of the key",
        required=False,
        max_length=120,
        help_text="Of the key that it ought to be sealed or signed with, if you were told it by another way.",
    )


class TrailForm(forms.Form):
    """Which entries of the room's trail are shown."""

    action = forms.CharField(label="Action", required=False, max_length=80, help_text="Such as version.approve.")
