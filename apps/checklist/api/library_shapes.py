"""What the API of the evidence library accepts and shows."""

from typing import Any

from rest_framework import serializers

from apps.checklist.models import EvidenceVersion
from apps.checklist.rules.library import GIVEN, KINDS, LINK_MOST, STANDINGS
from apps.checklist.services.library import METHOD_MOST, SHOWS_MOST, TITLE_MOST
from apps.core.serializing import Input, Key, Reason, Reference


class EvidenceVersionOut(serializers.ModelSerializer[EvidenceVersion]):
    """One version of a document, as it was put in."""

    document = serializers.IntegerField(source="document_id")
    uploaded_by = Reference()
    withdrawn_by = Reference(allow_null=True)

    class Meta:
        model = EvidenceVersion
        fields = [
            "id",
            "document",
            "number",
            "digest",
            "filename",
            "size",
            "media_type",
            "link",
            "status",
            "method",
            "effective_on",
            "expires_on",
            "uploaded_by",
            "uploaded_at",
            "withdrawn_by",
            "withdrawn_at",
            "withdrawn_because",
        ]


class NewestOut(EvidenceVersionOut):
    """The newest version of a document that was not withdrawn."""

    withdrawn_by = None  # type: ignore[assignment] # it was not

    class Meta(EvidenceVersionOut.Meta):
        fields = [one for one in EvidenceVersionOut.Meta.fields if not one.startswith("withdrawn")]


class EvidenceDocumentOut(serializers.Serializer[Any]):
    """A document of the evidence library, with its newest version and how that stands today."""

    id = serializers.IntegerField(source="document.pk")
    team = serializers.IntegerField(source="document.team_id")
    title = serializers.CharField(source="document.title")
    kind = serializers.ChoiceField(choices=list(KINDS.items()), source="document.kind")
    shows = serializers.CharField(source="document.shows")
    state = serializers.ChoiceField(choices=list(STANDINGS.items()), help_text="of its newest version")
    newest = NewestOut(allow_null=True, help_text="null: every version was withdrawn")
    supports = serializers.IntegerField(help_text="how many present answers cite it")
    created_by = Reference(source="document.created_by")
    created_at = serializers.DateTimeField(source="document.created_at")
    withdrawn_by = Reference(source="document.withdrawn_by", allow_null=True)
    withdrawn_at = serializers.DateTimeField(source="document.withdrawn_at", allow_null=True)
    withdrawn_because = serializers.CharField(source="document.withdrawn_because")


class SupportedOut(serializers.Serializer[Any]):
    """One present answer that rests on a version of the document."""

    version = serializers.IntegerField(help_text="id of the version that it cites")
    number = serializers.IntegerField(help_text="number of that version")
    assessment = serializers.IntegerField()
    subject = serializers.CharField(source="subject_label")
    framework = serializers.CharField(help_text="its title")
    state = serializers.CharField(help_text="state of the assessment")
    question = serializers.CharField()


class SupportsOut(serializers.Serializer[Any]):
    """What would turn stale if the document, or the version, were withdrawn."""

    total = serializers.IntegerField(help_text="hand it back as expect_supports to withdraw it")
    answers = SupportedOut(many=True, source="seen")
    unnamed = serializers.IntegerField(help_text="further answers, more than are named here")
    others = serializers.IntegerField(help_text="answers in assessments that you do not see")


class EvidenceVersionIn(Input):
    """What a version holds: a file (multipart) or a link, where it is from, and from when until when it holds."""

    file = serializers.FileField(max_length=255, required=False, allow_empty_file=True)
    link = serializers.CharField(max_length=LINK_MOST, required=False, allow_blank=True)
    method = serializers.CharField(max_length=METHOD_MOST, help_text="how it was obtained, in a sentence")
    status = serializers.ChoiceField(choices=list(GIVEN.items()), required=False)
    effective_on = serializers.DateField(required=False, help_text="from when it holds; today if left out")
    expires_on = serializers.DateField(required=False, allow_null=True, help_text="the last day on which it holds")


class EvidenceDocumentIn(EvidenceVersionIn):
    """A document and its first version."""

    team = Key()
    title = serializers.CharField(max_length=TITLE_MOST)
    shows = serializers.CharField(max_length=SHOWS_MOST, help_text="what it shows, in a sentence")


class NextVersionIn(EvidenceVersionIn):
    """The next version of a document."""

    expect_number = serializers.IntegerField(
        required=False, min_value=1, help_text="number of the newest version that you saw"
    )


class WithdrawIn(Reason):
    """Why it is withdrawn, and how many answers you saw that it supports."""

    expect_supports = serializers.IntegerField(
        required=False, min_value=0, help_text="`total` of what it supports; 0 if left out"
    )


class CiteIn(Input):
    """Which version of which document supports the answer."""

    version = Key(help_text="id of a version of a document in the library of the assessment's team")
    summary = serializers.CharField(
        max_length=SHOWS_MOST,
        required=False,
        allow_blank=True,
        help_text="what it shows here; empty: as the library says",
    )
    expect_revision = serializers.IntegerField(
        required=False, min_value=0, help_text="the revision you looked at; 0 where there was none"
    )


class DetachIn(Reason):
    expect_revision = serializers.IntegerField(required=False, min_value=0, help_text="the revision you looked at")
