"""What the API of sources, derivations and licence verdicts accepts and shows."""

from typing import Any

from rest_framework import serializers

from apps.catalog.models import Derivation, Source, VersionSource
from apps.catalog.rules.sources import TDM_RESERVATIONS, collection_methods, confidentialities, data_uses
from apps.core.serializing import Input, JsonObject, Key, Reference


class SourceOut(serializers.ModelSerializer[Source]):
    """One place that data was taken from, with what is on record about the right to use it."""

    team = Reference()
    created_by = Reference()
    licence_verified_by = Reference(allow_null=True)
    digest = serializers.CharField(source="record_digest", help_text="SHA-256 of everything on record about it")

    class Meta:
        model = Source
        fields = [
            "id",
            "team",
            "name",
            "description",
            "url",
            "issuer",
            "origin",
            "collection_method",
            "collected_from",
            "collected_to",
            "geography",
            "licence",
            "licence_evidence",
            "licence_verified_by",
            "licence_verified_at",
            "consent_document",
            "consent_digest",
            "tdm_reservation",
            "tdm_note",
            "intended_uses",
            "confidentiality",
            "machine_generated",
            "imported_from",
            "digest",
            "created_by",
            "created_at",
            "changed_at",
        ]


class SourceListed(SourceOut):
    """A source with the number of dataset versions that hold rows of it."""

    version_count = serializers.IntegerField()

    class Meta(SourceOut.Meta):
        fields = [*SourceOut.Meta.fields, "version_count"]


class SourceChange(Input):
    """Fields of a source; those left out stay as they are."""

    name = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    url = serializers.CharField(max_length=500, required=False, allow_blank=True)
    issuer = serializers.CharField(max_length=200, required=False, allow_blank=True)
    origin = serializers.CharField(max_length=200, required=False, allow_blank=True)
    collection_method = serializers.ChoiceField(
        choices=list(collection_methods().items()), required=False, allow_blank=True
    )
    collected_from = serializers.DateField(required=False, allow_null=True)
    collected_to = serializers.DateField(required=False, allow_null=True)
    geography = serializers.ListField(
        child=serializers.CharField(max_length=6), required=False, max_length=300, help_text="ISO 3166: DE, or DE-BY"
    )
    licence = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="SPDX expression, or a Hugging Face identifier"
    )
    licence_evidence = serializers.CharField(
        max_length=500, required=False, allow_blank=True, help_text="where the licence was read"
    )
    tdm_reservation = serializers.ChoiceField(choices=list(TDM_RESERVATIONS.items()), required=False)
    tdm_note = serializers.CharField(
        max_length=500, required=False, allow_blank=True, help_text="how and when it was looked for"
    )
    intended_uses = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        max_length=20,
        help_text=f"codes of the Data Provenance Standards: {', '.join(data_uses())}",
    )
    confidentiality = serializers.ChoiceField(
        choices=list(confidentialities().items()), required=False, allow_blank=True
    )
    machine_generated = serializers.FloatField(
        required=False, allow_null=True, min_value=0, max_value=1, help_text="share written by machines"
    )


class SourceIn(SourceChange):
    """A new source."""

    team = Key()
    name = serializers.CharField(max_length=120)


class VerifyIn(Input):
    evidence = serializers.CharField(max_length=500, help_text="where the licence was read")


class DocumentIn(Input):
    file = serializers.FileField(max_length=200, help_text="the contract or consent; stored under its SHA-256")


class VersionSourceOut(serializers.ModelSerializer[VersionSource]):
    """One source that a dataset version holds rows of."""

    source = SourceOut()  # type: ignore[assignment] # a field of the answer; DRF gives every field this attribute
    created_by = Reference()

    class Meta:
        model = VersionSource
        fields = ["source", "share", "created_by", "created_at"]


class VersionSourceIn(Input):
    source = Key()  # type: ignore[assignment] # a field of the request
    share = serializers.FloatField(
        required=False, allow_null=True, min_value=0, max_value=1, help_text="share of the rows"
    )


class DerivationOut(serializers.ModelSerializer[Derivation]):
    """One dataset version that this one was made out of."""

    origin = Reference()
    created_by = Reference()

    class Meta:
        model = Derivation
        fields = ["origin", "how", "created_by", "created_at"]


class DerivationIn(Input):
    origin = Key(help_text="the dataset version that this one was made out of")
    how = serializers.CharField(max_length=300, required=False, allow_blank=True)


class LicenceOut(serializers.Serializer[Any]):
    """One licence with its terms, where they stand in its text, and how they are known."""

    id = serializers.CharField()
    name = serializers.CharField()
    licence_class = serializers.CharField()
    commercial_use = serializers.CharField()
    redistribution = serializers.CharField()
    derivatives = serializers.CharField()
    attribution = serializers.CharField()
    licence_copy = serializers.CharField()
    state_changes = serializers.CharField()
    share_alike = serializers.CharField()
    use_restrictions = serializers.CharField()
    restrictions_passed_on = serializers.BooleanField()
    restricted_uses = JsonObject()
    user_threshold = serializers.IntegerField(allow_null=True)
    revenue_threshold = serializers.IntegerField(allow_null=True)
    naming = serializers.CharField()
    outputs_train = serializers.CharField()
    territory = serializers.CharField()
    patents = serializers.CharField()
    ends = serializers.CharField()
    clause = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    read = serializers.CharField(help_text="text, classification or name: how the terms are known")


class ConflictOut(serializers.Serializer[Any]):
    """One term that stands against a use, with the chain that brings it."""

    key = serializers.CharField(help_text="digest of chain, term and use; a waiver names it")
    kind = serializers.CharField()
    term = serializers.CharField()
    use = serializers.CharField(help_text="code of the intended use; empty: none in particular")
    licence = serializers.CharField()
    sentence = serializers.CharField()
    remedy = serializers.CharField()
    blocks = serializers.BooleanField(help_text="whether it stands against approval")


class ChainOut(serializers.Serializer[Any]):
    """One thing that the terms come from, and the chain that leads to it."""

    chain = serializers.CharField()
    expression = serializers.CharField()
    valid = serializers.BooleanField()
    problem = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())


class InheritanceOut(serializers.Serializer[Any]):
    """The strictest terms of a thing and of everything it was made of, and what they say to the uses."""

    label = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    terms = LicenceOut()
    duties = serializers.ListField(child=serializers.CharField())
    licences = LicenceOut(many=True)
    chains = ChainOut(many=True)
    uses = serializers.ListField(child=serializers.CharField())
    conflicts = ConflictOut(many=True)
