"""What the API of branches, tags, merges and history takes and gives."""

from typing import Any

from rest_framework import serializers

from apps.catalog.api.datasets import CommitOut, DatasetOut
from apps.catalog.models import Branch, Tag
from apps.catalog.rules import MAIN, MOST_NAME, PURPOSES
from apps.catalog.rules.merging import SIDES
from apps.core.serializing import Input, JsonObject, Key, Reason, Reference, RunDetail

REF = "a branch, a tag, a number such as v3, or the first 8 digits or more of a digest"


class BranchOut(serializers.ModelSerializer[Branch]):
    """A named line of commits and its newest version."""

    dataset = Reference()
    head = Reference()

    class Meta:
        model = Branch
        fields = ["id", "dataset", "name", "head", "created_at"]


class BranchIn(Input):
    dataset = Key()
    name = serializers.CharField(max_length=MOST_NAME)
    start = serializers.CharField(max_length=80, default=MAIN, help_text=f"where it begins: {REF}")


class TagOut(serializers.ModelSerializer[Tag]):
    """A lasting name for one version."""

    dataset = Reference()
    version = Reference()
    created_by = Reference()

    class Meta:
        model = Tag
        fields = ["id", "dataset", "name", "version", "message", "created_by", "created_at"]


class TagIn(Input):
    dataset = Key()
    name = serializers.CharField(max_length=MOST_NAME)
    ref = serializers.CharField(max_length=80, default=MAIN, help_text=f"what it names: {REF}")
    message = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ChoiceIn(Input):
    key = serializers.ListField(
        child=serializers.JSONField(), max_length=20, help_text="the row's values in the key columns, in their order"
    )
    take = serializers.ChoiceField(choices=list(SIDES.items()))


class PreviewIn(Input):
    """What is merged into the branch, and who wins where both changed the same: nobody, unless it is said."""

    source = serializers.CharField(  # type: ignore[assignment] # a field of the body
        max_length=80, help_text=f"what is brought in: {REF}"
    )
    prefer = serializers.ChoiceField(choices=list(SIDES.items()), required=False, allow_blank=True)
    choices = ChoiceIn(many=True, required=False)


class MergeIn(PreviewIn):
    message = serializers.CharField(max_length=300, required=False, allow_blank=True)
    licence = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="in place of the licences of both sides together"
    )


class ClashOut(serializers.Serializer[Any]):
    """A row that both sides changed; rows are numbered from 0, values are those of the clashing columns."""

    kind = serializers.CharField()
    why = serializers.CharField()
    key = serializers.ListField(child=serializers.CharField(allow_null=True))
    ours_row = serializers.IntegerField(allow_null=True)
    theirs_row = serializers.IntegerField(allow_null=True)
    columns = serializers.ListField(child=serializers.CharField())
    ours = JsonObject(allow_null=True)
    theirs = JsonObject(allow_null=True)


class ClashesOut(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    results = ClashOut(many=True)


class PreviewOut(serializers.Serializer[Any]):
    """What a merge would do. Where the branch would just move on, nothing is counted."""

    moves_on = serializers.BooleanField()
    key_columns = serializers.ListField(child=serializers.CharField())
    changed = serializers.IntegerField()
    combined = serializers.IntegerField(help_text="of the changed: rows of which each side changed other columns")
    removed = serializers.IntegerField()
    added = serializers.IntegerField()
    conflicts = ClashesOut()


class RollbackIn(Reason):
    to = serializers.CharField(max_length=80, help_text=REF)


class SettingsIn(Input):
    key_columns = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=20, required=False, help_text="that name a row together"
    )
    purpose = serializers.ChoiceField(choices=list(PURPOSES.items()), required=False)


class DatasetSettings(DatasetOut):
    """A dataset with what it is for and what names its rows."""

    class Meta(DatasetOut.Meta):
        fields = [*DatasetOut.Meta.fields, "purpose", "key_columns"]


class CommitDetail(RunDetail, CommitOut):
    """A commit on its way or done. A merge that stopped at clashing rows names them in its result, by number."""
