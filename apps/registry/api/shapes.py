"""What the API of models accepts and shows."""

from typing import Any

from rest_framework import serializers

from apps.catalog.rules.uses import intended_uses
from apps.core.serializing import Input, JsonObject, Key, PlainObject, Reason, Reference, RunDetail, RunSummary
from apps.registry.models import LineageLink, ModelFile, ModelVersion, RegisteredModel, Removal


class ModelOut(serializers.ModelSerializer[RegisteredModel]):
    team = Reference()
    created_by = Reference()

    class Meta:
        model = RegisteredModel
        fields = [
            "id",
            "team",
            "name",
            "description",
            "intended_purpose",
            "intended_uses",
            "is_prompt",
            "protected_aliases",
            "created_by",
            "created_at",
            "updated_at",
        ]


class ModelListed(ModelOut):
    """A model with its latest version."""

    latest_id = serializers.IntegerField(allow_null=True)
    latest_number = serializers.IntegerField(allow_null=True)
    latest_stage = serializers.CharField(allow_null=True)

    class Meta(ModelOut.Meta):
        fields = [*ModelOut.Meta.fields, "latest_id", "latest_number", "latest_stage"]


class RemovalOut(serializers.ModelSerializer[Removal]):
    """One withdrawal of a version, or of a whole model where `version` is null, and whether it was taken back."""

    model = Reference()
    version = Reference(allow_null=True)
    removed_by = Reference()
    restored_by = Reference(allow_null=True)

    class Meta:
        model = Removal
        fields = [
            "id",
            "model",
            "version",
            "removed_by",
            "removed_at",
            "reason",
            "restored_by",
            "restored_at",
            "restored_why",
        ]


class ModelDetail(ModelListed):
    """One model. A removed one can be read still; `removal` says who removed it, when and why."""

    removal = RemovalOut(allow_null=True, source="removal_shown")

    class Meta(ModelListed.Meta):
        fields = [*ModelListed.Meta.fields, "removal"]


class Uses(serializers.ListField):
    """Codes of what a model is meant for; `intended-uses/` lists and explains them."""

    child = serializers.ChoiceField(choices=[(use.code, use.label) for use in intended_uses().values()])


class ModelIn(Input):
    team = Key()
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    intended_purpose = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    intended_uses = Uses(required=False)


class ModelDescribe(Reason):
    """What a model is meant for, and why that changes."""

    intended_uses = Uses()
    intended_purpose = serializers.CharField(max_length=20_000, required=False, allow_blank=True)


class IntendedUseOut(serializers.Serializer[Any]):
    """One code of what a model may be meant for. Licences are held against the codes of a model."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    explains = serializers.CharField()
    term = serializers.CharField(help_text="the term of a licence that speaks of it")


class ConflictNamed(serializers.Serializer[Any]):
    """One term that stands against a use, with the chain that brings it."""

    key = serializers.CharField(help_text="digest of chain, term and use; a waiver names it")
    kind = serializers.CharField()
    term = serializers.CharField()
    use = serializers.CharField()
    licence = serializers.CharField()
    sentence = serializers.CharField()
    remedy = serializers.CharField()
    blocks = serializers.BooleanField(help_text="whether it stands against approval")


class TermsOut(serializers.Serializer[Any]):
    """The strictest terms of a version, its data and its base models, and what they say to the intended uses."""

    label = serializers.CharField()  # type: ignore[assignment] # a field of the answer
    terms = JsonObject()
    duties = serializers.ListField(child=serializers.CharField())
    licences = serializers.ListField(child=JsonObject())
    chains = serializers.ListField(child=JsonObject())
    uses = serializers.ListField(child=serializers.CharField())
    conflicts = ConflictNamed(many=True)


class FileOut(serializers.ModelSerializer[ModelFile]):
    class Meta:
        model = ModelFile
        fields = ["path", "digest", "size"]


class LineageOut(serializers.ModelSerializer[LineageLink]):
    """One thing that a version was made from or with; exactly one of the three references is set."""

    base_version = Reference(allow_null=True)
    dataset_version = Reference(allow_null=True)
    tuning_run = Reference(allow_null=True)

    class Meta:
        model = LineageLink
        fields = ["relation", "base_version", "dataset_version", "tuning_run", "created_at"]


class VersionOut(serializers.ModelSerializer[ModelVersion]):
    """One set of weights and files, and the stage that people decided on."""

    model = Reference()
    team = serializers.IntegerField(source="team_id")
    created_by = Reference()
    is_deployable = serializers.BooleanField(read_only=True)

    class Meta:
        model = ModelVersion
        fields = [
            "id",
            "model",
            "team",
            "number",
            "stage",
            "is_deployable",
            "source",
            "description",
            "architecture",
            "parameters",
            "tokenizer",
            "context_length",
            "modality",
            "library",
            "base_names",
            "licence",
            "relation",
            "manifest_digest",
            "size",
            "held_files",
            "broken_at",
            "approved_digest",
            "approved_at",
            "created_by",
            "created_at",
        ]


class VersionDetail(VersionOut):
    """One version. A removed one can be read still; `removal` says who removed it, when and why."""

    facts = JsonObject()
    environment = serializers.CharField(help_text="pinned packages it was made with, one a line")
    aliases = serializers.ListField(child=serializers.CharField(), source="alias_names")
    files = FileOut(many=True)
    lineage = LineageOut(many=True, source="lineage_shown")
    removal = RemovalOut(allow_null=True, source="removal_shown")

    class Meta(VersionOut.Meta):
        fields = [*VersionOut.Meta.fields, "facts", "environment", "aliases", "files", "lineage", "removal"]


class LineageGraph(serializers.Serializer[Any]):
    """What a version was made from, and every version it descends from, nearest first."""

    links = LineageOut(many=True)
    ancestors = VersionOut(many=True)


class ImportIn(Input):
    """Where the files are: a folder that the worker may read, or a hub id such as `organisation/model`."""

    source = serializers.CharField(max_length=500)  # type: ignore[assignment] # a field of the request
    licence = serializers.CharField(max_length=200, required=False, allow_blank=True)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    trained_on = serializers.ListField(child=Key(), required=False, max_length=100, help_text="dataset versions")


class ImportOut(RunSummary):
    version = Reference()


class ImportDetail(RunDetail, ImportOut):
    """An import with what was read from the files."""


class TuningIn(Input):
    base_version = Key()
    dataset_version = Key()
    output_model = Key(help_text="the model that gets the tuned version as its next")
    config = PlainObject(required=False)


class TuningOut(RunSummary):
    base_version = Reference()
    dataset_version = Reference()
    output_model = serializers.IntegerField(source="output_model_id")
    output_version = Reference(allow_null=True)


class TuningDetail(RunDetail, TuningOut):
    """A tuning run with its settings, environment, energy and losses."""

    held_out_digest = serializers.CharField()
