"""What the API of gates, decisions and policies accepts and shows."""

from typing import Any

from rest_framework import serializers

from apps.checklist.api.shapes import GateItemOut, GateOut
from apps.checklist.models import GatePolicy, SignOff
from apps.checklist.rules.policies.outcomes import OUTCOMES
from apps.core.serializing import Input, JsonObject, Key, Reference

RULE_OUTCOMES = list(OUTCOMES.items())


class SubjectDigest(serializers.Serializer[Any]):
    subject = serializers.CharField()
    digest = serializers.CharField()


class RuleFigure(serializers.Serializer[Any]):
    """A number that a rule was held against, and where it comes from."""

    label = serializers.CharField()  # type: ignore[assignment] # a field of the figure; DRF gives every field a label
    value = serializers.CharField()
    threshold = serializers.CharField()
    page = serializers.CharField(help_text="address of the page with the measurement; empty: none")
    digests = SubjectDigest(many=True)


class RuleReason(serializers.Serializer[Any]):
    """One thing that stands against a rule."""

    question = serializers.CharField(help_text="the question's id; “files” or “policy” where it is no question's")
    kind = serializers.CharField()
    problem = serializers.CharField()
    remedy = serializers.CharField()
    page = serializers.CharField()
    key = serializers.CharField(help_text="what a waiver of it names")
    waived_until = serializers.DateField(allow_null=True)
    never_waived_because = serializers.CharField(help_text="empty: it may be waived")


class RuleOut(serializers.Serializer[Any]):
    """One rule of the policy with what became of it."""

    rule = serializers.CharField()
    key = serializers.CharField(help_text="what a waiver of the whole rule names")
    because = serializers.CharField()
    asks = serializers.CharField()
    outcome = serializers.ChoiceField(choices=RULE_OUTCOMES)
    says = serializers.CharField()
    waived_until = serializers.DateField(allow_null=True)
    never_waived_because = serializers.CharField()
    remedies = serializers.ListField(child=serializers.CharField())
    figures = RuleFigure(many=True)
    reasons = RuleReason(many=True)
    digests = SubjectDigest(many=True)


class PolicyUsed(serializers.Serializer[Any]):
    """Which policy holds."""

    id = serializers.IntegerField(allow_null=True, help_text="null: the policy that comes with the product")
    title = serializers.CharField()
    name = serializers.CharField()
    revision = serializers.IntegerField(help_text="0: the policy that comes with the product")
    digest = serializers.CharField()


class SignedOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    by = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    at = serializers.DateTimeField()


class GateNow(GateOut):
    """Whether the version may be approved, by which policy, and what became of each of its rules."""

    assessment = serializers.IntegerField()
    version = serializers.IntegerField(allow_null=True)
    subject = serializers.CharField()
    framework = serializers.CharField()
    state = serializers.CharField()
    is_approval_current = serializers.BooleanField()
    policy = PolicyUsed(allow_null=True)
    rules = RuleOut(many=True)
    sign_offs = SignedOut(many=True, help_text="those that count for the policy")
    sign_offs_missing = serializers.IntegerField()


class DecisionOut(serializers.ModelSerializer[SignOff]):
    """One decision with the exact inputs that it was taken on."""

    decided_by = Reference()
    policy = serializers.IntegerField(source="policy_id", allow_null=True)
    roles = serializers.ListField(child=serializers.CharField())
    basis = JsonObject()

    class Meta:
        model = SignOff
        fields = [
            "id",
            "decision",
            "is_final",
            "reason",
            "decided_by",
            "decided_at",
            "roles",
            "policy",
            "policy_revision",
            "policy_digest",
            "basis_digest",
            "basis",
        ]


class GatePolicyOut(serializers.ModelSerializer[GatePolicy]):
    """One revision of a team's policy of the gate."""

    team = serializers.IntegerField(source="team_id")
    set_by = Reference()

    class Meta:
        model = GatePolicy
        fields = [
            "id",
            "team",
            "name",
            "revision",
            "is_current",
            "is_withdrawn",
            "title",
            "text",
            "digest",
            "reason",
            "set_by",
            "set_at",
        ]


class GatePolicyIn(Input):
    """A policy as text: YAML with a title and rules of one line each."""

    team = Key()
    name = serializers.RegexField(r"^[a-z0-9][a-z0-9-]{0,59}$")
    text = serializers.CharField(max_length=40_000, trim_whitespace=False)
    reason = serializers.CharField(max_length=2_000)
    expect_revision = serializers.IntegerField(
        required=False, min_value=0, help_text="the revision you looked at; 0 where there was none"
    )


class PolicyPreviewIn(Input):
    """A policy that is looked at before it is set."""

    team = Key()
    name = serializers.RegexField(
        r"^[a-z0-9][a-z0-9-]{0,59}$", default="preview", help_text="as which policy of the team it would be set"
    )
    text = serializers.CharField(max_length=40_000, trim_whitespace=False)


class ForeseenOut(serializers.Serializer[Any]):
    """One version's gate as it is now, and as it would be."""

    version = serializers.IntegerField()
    subject = serializers.CharField()
    assessment = serializers.IntegerField()
    change = serializers.CharField(help_text="loses its approval, turns red, turns green; empty: stays as it is")
    is_green_now = serializers.BooleanField()
    is_green = serializers.BooleanField()
    is_approval_current_now = serializers.BooleanField()
    is_approval_current = serializers.BooleanField()
    sign_offs_missing = serializers.IntegerField()
    policy = PolicyUsed()
    rules = RuleOut(many=True)
    problems = GateItemOut(many=True)


class PolicyPreviewOut(serializers.Serializer[Any]):
    """What a policy would make of the gates of a team's versions."""

    digest = serializers.CharField(help_text="of the policy")
    looked_at = serializers.IntegerField(help_text="versions; fifty at most, those whose checklists were begun last")
    is_cut = serializers.BooleanField(help_text="whether there are more")
    keep_another_policy = serializers.IntegerField()
    unknown_suites = serializers.ListField(
        child=serializers.CharField(), help_text="names of rows that no data of the team goes by"
    )
    versions = ForeseenOut(many=True)


__all__ = ["DecisionOut", "GateItemOut", "GateNow", "GatePolicyIn", "GatePolicyOut"]
