"""What the API of checklists accepts and shows."""

from typing import Any

from rest_framework import serializers

from apps.checklist import rules
from apps.checklist.models import Answer, Assessment, Evidence
from apps.checklist.rules.frameworks import ANSWERS, ASSESSED
from apps.checklist.rules.library import STANDINGS
from apps.core.serializing import Input, JsonObject, Key, Reference

DIGEST = r"^[0-9a-f]{64}$"
STATUSES = list(rules.STATUSES.items())


class Revision(serializers.IntegerField):
    """The revision that somebody looked at before writing; 0 where there was none."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=0, help_text="the revision you looked at; 0 where there was none")


class EvidenceOut(serializers.Serializer[Any]):
    """What stands behind an answer, with the digest of what it spoke of when it was collected."""

    id = serializers.IntegerField(source="pk")
    collector = serializers.CharField(help_text="empty: given by hand")
    status = serializers.ChoiceField(choices=STATUSES)
    method = serializers.CharField()
    summary = serializers.CharField()
    value = JsonObject()
    subject_type = serializers.CharField()
    subject_id = serializers.CharField()
    subject_label = serializers.CharField()
    subject_digest = serializers.CharField()
    collected_at = serializers.DateTimeField()
    given_by = serializers.CharField(help_text="empty: the platform")
    cites = serializers.IntegerField(
        source="cites_id", allow_null=True, help_text="id of the version of a document in the evidence library"
    )


class CitedOut(serializers.Serializer[Any]):
    """The version of a document that a piece of evidence cites, as it stands at this moment."""

    document = serializers.IntegerField()
    number = serializers.IntegerField(source="standing.number")
    state = serializers.ChoiceField(choices=list(STANDINGS.items()), source="standing.state")
    expires_on = serializers.DateField(source="standing.expires_on", allow_null=True)
    effective_on = serializers.DateField()
    instead = serializers.IntegerField(allow_null=True, help_text="id of the newest version, where it could be cited")


class EvidenceNow(EvidenceOut):
    stale_because = serializers.CharField(help_text="empty: it still holds")
    cited = CitedOut(allow_null=True, help_text="null: it cites nothing in the evidence library")


class GateItemOut(serializers.Serializer[Any]):
    question = serializers.CharField()
    problem = serializers.CharField()
    remedy = serializers.CharField()
    conflict = serializers.CharField(help_text="key of the conflict of licences that it names; a waiver takes it away")
    page = serializers.CharField(help_text="address of the page where it can be put right; empty: this checklist")
    kind = serializers.CharField()
    key = serializers.CharField(help_text="what a waiver of it names")


class GateOut(serializers.Serializer[Any]):
    """Whether the version may be approved, with every reason against it."""

    is_green = serializers.BooleanField()
    problems = GateItemOut(many=True)


class AnswerValue(Input):
    """What was chosen, counted or rated: one of these, the one that the question asks for; none for words alone."""

    yes = serializers.BooleanField(required=False)
    choice = serializers.CharField(required=False, max_length=60, help_text="the id of one of its choices")
    number = serializers.RegexField(
        r"^-?[0-9]{1,30}(\.[0-9]{1,15})?$", required=False, help_text="a decimal number as text, kept exactly"
    )
    level = serializers.IntegerField(required=False, min_value=0, help_text="the value of a level of its scale")


class TakenFromOut(serializers.Serializer[Any]):
    """Where an answer was given that answers this question as well."""

    assessment = serializers.IntegerField()
    framework = serializers.CharField(help_text="its title")
    subject = serializers.CharField(source="subject_label")
    question = serializers.CharField()
    relation = serializers.CharField(help_text="same or broader")


class AnswerNow(serializers.Serializer[Any]):
    """The current answer to a question, as it stands at this moment."""

    revision = serializers.IntegerField()
    value = JsonObject(help_text="what was chosen, counted or rated; empty where the question asks for words")
    status = serializers.ChoiceField(choices=STATUSES)
    how_known = serializers.CharField()
    stated = serializers.CharField(help_text="what a person said about it; empty: nobody has")
    text = serializers.CharField()
    reason = serializers.CharField()
    answered_by = serializers.CharField(help_text="empty: the platform")
    answered_at = serializers.DateTimeField()
    stale_because = serializers.ListField(child=serializers.CharField())
    evidence = EvidenceNow(many=True)


class QuestionNow(serializers.Serializer[Any]):
    """A question with its current answer and what stands against it in the gate."""

    id = serializers.CharField()
    text = serializers.CharField(source="question.text")
    status = serializers.ChoiceField(choices=STATUSES)
    is_stale = serializers.BooleanField()
    says = serializers.CharField()
    minimum_status = serializers.ChoiceField(choices=STATUSES, source="question.minimum_status")
    revision = serializers.IntegerField()
    basis = serializers.CharField(help_text="digest of what a statement made now speaks of; hand it back on saving")
    what_next = serializers.CharField()
    ref = serializers.CharField(source="question.ref", help_text="its number in the source; empty: none")
    answers_with = serializers.ChoiceField(choices=list(ANSWERS.items()), source="question.answer")
    answer = AnswerNow(allow_null=True)
    taken_from = TakenFromOut(allow_null=True, help_text="null: the answer was given to this very question")
    problems = GateItemOut(many=True)


class GroupNow(serializers.Serializer[Any]):
    id = serializers.CharField(source="group.id")
    title = serializers.CharField()
    questions = QuestionNow(many=True)


class SignOffOut(serializers.Serializer[Any]):
    """One decision, with the digest of everything it was taken on."""

    id = serializers.IntegerField(source="pk")
    decision = serializers.CharField()
    reason = serializers.CharField()
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField()
    basis_digest = serializers.CharField()
    is_final = serializers.BooleanField(help_text="false: the policy asked for further sign-offs")
    policy = serializers.CharField(source="policy_label", help_text="empty: before policies were data")


class WaiverOut(serializers.Serializer[Any]):
    """What may stand against approval for a while, with who allowed it and why."""

    id = serializers.IntegerField(source="pk")
    conflict = serializers.CharField(help_text="key of the reason, the conflict or the rule that it lets pass")
    kind = serializers.CharField(help_text="what it lets pass, in a word; “rule”: a whole rule")
    question = serializers.CharField(help_text="empty: a whole rule")
    sentence = serializers.CharField()
    reason = serializers.CharField()
    expires_on = serializers.DateField(help_text="the last day on which it holds")
    granted_by = serializers.CharField()
    granted_at = serializers.DateTimeField()
    revoked_by = serializers.CharField(help_text="empty: nobody")
    revoked_at = serializers.DateTimeField(allow_null=True)
    revoked_because = serializers.CharField()
    state = serializers.CharField(help_text="in force, expired or revoked")


class WaiverIn(Input):
    """What may stand, why, and until when."""

    conflict = serializers.RegexField(DIGEST, help_text="key of a reason or of a whole rule, as the gate names them")
    reason = serializers.CharField(max_length=2_000)
    expires_on = serializers.DateField()


class AssessmentOut(serializers.ModelSerializer[Assessment]):
    """One thing held against a framework: exactly one of the first four is no null."""

    version = Reference(allow_null=True)
    system = Reference(allow_null=True)
    dataset_version = Reference(allow_null=True)
    deployment = Reference(allow_null=True)
    subject_kind = serializers.ChoiceField(choices=list(ASSESSED.items()))
    team = serializers.IntegerField(source="team_id")
    created_by = Reference()
    submitted_by = Reference(allow_null=True)

    class Meta:
        model = Assessment
        fields = [
            "id",
            "version",
            "system",
            "dataset_version",
            "deployment",
            "subject_kind",
            "team",
            "framework",
            "framework_version",
            "state",
            "created_by",
            "created_at",
            "submitted_by",
            "submitted_at",
        ]


class AssessmentNow(serializers.Serializer[Any]):
    """An assessment as it stands at this moment: present staleness and gate included."""

    id = serializers.IntegerField(source="pk")
    subject_kind = serializers.ChoiceField(choices=list(ASSESSED.items()))
    subject_id = serializers.IntegerField()
    subject_label = serializers.CharField()
    version = serializers.IntegerField(source="version_id", allow_null=True, help_text="null: it is no model version")
    version_label = serializers.CharField()
    version_stage = serializers.CharField(help_text="empty: it is no model version")
    framework = serializers.CharField(source="framework.urn")
    framework_version = serializers.IntegerField(source="framework.version")
    state = serializers.CharField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    submitted_by = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    is_approval_current = serializers.BooleanField()
    counts = serializers.DictField(child=serializers.IntegerField())
    gate = GateOut()
    groups = GroupNow(many=True)
    sign_offs = SignOffOut(many=True)
    waivers = WaiverOut(many=True)


class StoredEvidence(EvidenceOut, serializers.ModelSerializer[Evidence]):
    given_by = Reference(allow_null=True)  # type: ignore[assignment] # a row here, a name in the present view

    class Meta:
        model = Evidence
        fields = list(EvidenceOut().fields)


class RevisionOut(serializers.ModelSerializer[Answer]):
    """One revision of an answer; the latest is current."""

    answered_by = Reference(allow_null=True)
    value = JsonObject()
    evidence = StoredEvidence(many=True)

    class Meta:
        model = Answer
        fields = [
            "revision",
            "is_current",
            "status",
            "stated",
            "text",
            "value",
            "reason",
            "answered_by",
            "answered_at",
            "evidence",
        ]


class AssessmentIn(Input):
    """What is held against which framework; exactly one of the first four."""

    version = Key(required=False)
    system = Key(required=False)
    dataset_version = Key(required=False)
    deployment = Key(required=False)
    framework = serializers.CharField(
        required=False, max_length=120, help_text="URN; the GenAIOps checklist if left out"
    )


class AnswerIn(Input):
    """What a person says. Measured and imported cannot be said: they are found."""

    status = serializers.ChoiceField(choices=list(rules.STATED.items()))
    text = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    value = AnswerValue(required=False)
    reason = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    expect_revision = Revision()
    expect_basis = serializers.RegexField(DIGEST, required=False, help_text="the question's `basis` when you read it")


class EvidenceIn(Input):
    """A document, a link or a note that supports an answer."""

    summary = serializers.CharField(max_length=20_000)
    link = serializers.URLField(max_length=2_000, required=False, allow_blank=True)
    expect_revision = Revision()


class DecisionIn(Input):
    decision = serializers.ChoiceField(choices=[rules.APPROVED, rules.REFUSED])
    reason = serializers.CharField(max_length=2_000)
