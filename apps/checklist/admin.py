"""The back office sees assessments and changes none: answers and decisions have their own doors and their trail."""

from django.contrib import admin

from apps.checklist import queries
from apps.checklist.models import Answer, Assessment, FrameworkFile, GatePolicy, SignOff, Waiver
from apps.checklist.queries.frameworks import framework_files_seen_by
from apps.checklist.queries.policies import policies_seen_by
from apps.core.back_office import BackOffice


@admin.register(Assessment)
class AssessmentBackOffice(BackOffice):
    seen = staticmethod(queries.assessments_seen_by)
    list_display = ["__str__", "team", "state", "created_at", "submitted_at"]
    list_filter = ["state"]


@admin.register(Answer)
class AnswerBackOffice(BackOffice):
    seen = staticmethod(queries.answers_seen_by)
    list_display = ["question", "assessment", "revision", "is_current", "status", "answered_at"]
    list_filter = ["status", "is_current"]


@admin.register(SignOff)
class SignOffBackOffice(BackOffice):
    seen = staticmethod(queries.sign_offs_seen_by)
    list_display = ["assessment", "decision", "is_final", "policy_revision", "decided_by", "decided_at"]
    list_filter = ["decision", "is_final"]


@admin.register(Waiver)
class WaiverBackOffice(BackOffice):
    seen = staticmethod(queries.waivers_seen_by)
    list_display = ["assessment", "question", "expires_on", "granted_by", "revoked_at"]


@admin.register(FrameworkFile)
class FrameworkFileBackOffice(BackOffice):
    seen = staticmethod(framework_files_seen_by)
    list_display = ["title", "urn", "version", "loaded_by", "loaded_at"]


@admin.register(GatePolicy)
class GatePolicyBackOffice(BackOffice):
    seen = staticmethod(policies_seen_by)
    list_display = ["title", "team", "name", "revision", "is_current", "is_withdrawn", "set_by", "set_at"]
    list_filter = ["is_current", "is_withdrawn"]
