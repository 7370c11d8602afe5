"""What the API of frameworks accepts and shows."""

from typing import Any

from rest_framework import serializers

from apps.checklist import rules
from apps.checklist.rules.frameworks import ANSWERS, ASSESSED, KINDS, RELATIONS, SUBJECTS
from apps.checklist.rules.frameworks.texts import MOST_BYTES
from apps.core.serializing import Input, Key, Reference

STATUSES = list(rules.STATUSES.items())
_DAY = "ISO 8601 date; empty: none"


class ChoiceShown(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()


class LevelOut(serializers.Serializer[Any]):
    value = serializers.IntegerField()
    title = serializers.CharField()
    text = serializers.CharField()
    weight = serializers.CharField(help_text="decimal number: the points it is worth; empty: its value")


class ScaleOut(serializers.Serializer[Any]):
    name = serializers.CharField(source="0")
    levels = LevelOut(many=True, source="1")


class MappingOut(serializers.Serializer[Any]):
    to = serializers.CharField(help_text="URN#question-id")
    relation = serializers.ChoiceField(choices=list(RELATIONS.items()))


class QuestionOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField()
    help = serializers.CharField()
    why = serializers.CharField()
    next_step = serializers.CharField()
    subject = serializers.ChoiceField(choices=list(SUBJECTS.items()))
    minimum_status = serializers.ChoiceField(choices=STATUSES)
    collectors = serializers.ListField(child=serializers.CharField(), help_text="what brings evidence")
    answering = serializers.ListField(child=serializers.CharField(), help_text="those that decide how it is known")
    ref = serializers.CharField(help_text="the place in the source, such as Art. 9(2)(a)")
    requirement = serializers.CharField(help_text="what the source asks for")
    answer = serializers.ChoiceField(choices=list(ANSWERS.items()))
    choices = ChoiceShown(many=True)
    unit = serializers.CharField()
    scale = serializers.CharField(help_text="name of a scale of this framework")
    weight = serializers.CharField(help_text="decimal number")
    mappings = MappingOut(many=True)
    applies_from = serializers.CharField(help_text=_DAY)
    audience = serializers.ListField(child=serializers.CharField())
    tags = serializers.ListField(child=serializers.CharField())
    replaces = serializers.ListField(child=serializers.CharField(), help_text="ids that it had in earlier versions")


class GroupOut(serializers.Serializer[Any]):
    """One group with its own questions. Groups within it follow it in the list and name it last in `within`."""

    id = serializers.CharField(source="group.id")
    title = serializers.CharField(source="group.title")
    summary = serializers.CharField(source="group.summary")
    ref = serializers.CharField(source="group.ref")
    weight = serializers.CharField(source="group.weight", help_text="decimal number")
    applies_from = serializers.CharField(source="group.applies_from", help_text=_DAY)
    within = serializers.SerializerMethodField(help_text="ids of the groups around it, the outermost first")
    questions = QuestionOut(many=True, source="group.questions")

    def get_within(self, section: rules.Section) -> list[str]:
        return [group.id for group in section.within]


class FrameworkSource(serializers.Serializer[Any]):
    author = serializers.CharField()
    title = serializers.CharField()
    url = serializers.CharField()


class FrameworkListed(serializers.Serializer[Any]):
    urn = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    summary = serializers.CharField()
    language = serializers.CharField()
    effective_date = serializers.CharField()
    valid_until = serializers.CharField(help_text=_DAY)
    subjects = serializers.ListField(
        child=serializers.ChoiceField(choices=list(ASSESSED.items())), help_text="what can be held against it"
    )
    is_rubric = serializers.BooleanField(help_text="whether answers are scored")
    question_count = serializers.SerializerMethodField()
    digest = serializers.CharField(help_text="SHA-256 over every text and rule of this version")

    def get_question_count(self, framework: rules.Framework) -> int:
        return len(framework.questions)


class FrameworkOut(FrameworkListed):
    """A framework with its questions, word for word as in their source."""

    copyright = serializers.CharField()
    notes = serializers.CharField()
    source = FrameworkSource()  # type: ignore[assignment] # a field of the file; DRF gives every field an attribute of this name
    scales = ScaleOut(many=True)
    groups = GroupOut(many=True, source="sections")


class FrameworkVersionOut(serializers.Serializer[Any]):
    """One version of a framework, and who loaded it."""

    version = serializers.IntegerField(source="framework.version")
    effective_date = serializers.CharField(source="framework.effective_date")
    digest = serializers.CharField(source="framework.digest")
    loaded_by = serializers.CharField(
        source="loading.loaded_by", default="", help_text="empty: it came with the product"
    )
    loaded_at = serializers.DateTimeField(source="loading.loaded_at", default=None, allow_null=True)


class FrameworkVersionIn(Input):
    version = serializers.IntegerField(required=False, min_value=1, help_text="the newest if left out")


class FrameworkChangesIn(serializers.Serializer[Any]):
    before = serializers.IntegerField(min_value=1, help_text="the earlier version")
    after = serializers.IntegerField(min_value=1, help_text="the later version")


class FrameworkIn(Input):
    text = serializers.CharField(max_length=MOST_BYTES, trim_whitespace=False, help_text="the file, in YAML")
    name = serializers.CharField(max_length=200, required=False, help_text="what errors call the file")


class ChangeOut(serializers.Serializer[Any]):
    """What became of one question."""

    kind = serializers.ChoiceField(choices=list(KINDS.items()))
    id = serializers.CharField()
    id_before = serializers.CharField(source="before.id", default="")
    text_before = serializers.CharField(source="before.text", default="")
    text_after = serializers.CharField(source="after.text", default="")
    differs = serializers.ListField(child=serializers.CharField(), source="fields")
    has_new_form = serializers.BooleanField(help_text="a value given before may no longer be one of the answers")


class ChangeReportOut(serializers.Serializer[Any]):
    """What changed between two versions of a framework."""

    urn = serializers.CharField(source="after.urn")
    before = serializers.IntegerField(source="before.version")
    after = serializers.IntegerField(source="after.version")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="questions by what became of them")
    changes = ChangeOut(many=True)


class ScoresIn(FrameworkVersionIn):
    of = serializers.ListField(child=Key(), required=False, help_text="ids of assessments; the newest if left out")


class RubricScoreOut(serializers.Serializer[Any]):
    """Points as decimal numbers with every digit."""

    points = serializers.CharField(help_text="points reached, exactly")
    most = serializers.CharField(source="most_points", help_text="points that could be reached, exactly")
    percent = serializers.CharField(help_text="rounded half up to one place; empty: nothing counts")
    rated = serializers.IntegerField(help_text="questions that were rated")
    asked = serializers.IntegerField(help_text="questions that count; those that do not apply are left out")


class ScoredOut(serializers.Serializer[Any]):
    """One assessment's total, with subtotals by group, by what the questions speak of, and by question."""

    assessment = Reference()
    total = RubricScoreOut(source="score.total")
    groups = serializers.DictField(child=RubricScoreOut(), source="score.groups")
    subjects = serializers.DictField(child=RubricScoreOut(), source="score.subjects")
    questions = serializers.DictField(child=RubricScoreOut(), source="score.questions")
