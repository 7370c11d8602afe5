"""The API of many things against one framework: the posture matrix, and some of them side by side."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.checklist import queries
from apps.checklist.api.shapes import STATUSES
from apps.checklist.models import Assessment
from apps.checklist.queries.comparing import MOST, Compared, compared
from apps.checklist.queries.matrix import Standings, standings_of
from apps.checklist.queries.pages import versions_not_begun
from apps.checklist.rules.frameworks import ASSESSED, VERSION
from apps.checklist.rules.subjects import FIELDS, GENAIOPS
from apps.core.serializing import Input, Key, Reference
from apps.core.viewsets import SeenViewSet

AT_ONCE = 50


class MatrixIn(Input):
    """Which part of the matrix."""

    framework = serializers.CharField(required=False, max_length=120, help_text="URN; the GenAIOps checklist")
    subject_kind = serializers.ChoiceField(choices=list(ASSESSED.items()), required=False)
    after = Key(required=False, help_text="`next` of the part before")


class QuestionStandingOut(serializers.Serializer[Any]):
    """How one question is answered."""

    question = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    is_stale = serializers.BooleanField()


class MatrixRowOut(serializers.Serializer[Any]):
    """One thing with every question of its version of the framework."""

    assessment = serializers.IntegerField()
    subject_kind = serializers.ChoiceField(choices=list(ASSESSED.items()))
    subject_id = serializers.IntegerField()
    subject_label = serializers.CharField()
    framework_version = serializers.IntegerField()
    cells = QuestionStandingOut(many=True)


class MatrixOut(serializers.Serializer[Any]):
    """Some lines of the matrix, the newest assessment first."""

    framework = serializers.CharField()
    next = serializers.IntegerField(allow_null=True, help_text="give it as `after` for the next part; null: no more")
    rows = MatrixRowOut(many=True)


class NotBegunIn(Input):
    """Of which framework."""

    framework = serializers.CharField(required=False, max_length=120, help_text="URN; the GenAIOps checklist")
    after = Key(required=False, help_text="`next` of the part before")


class NotBegunOut(serializers.Serializer[Any]):
    """Some model versions without an assessment, the newest first."""

    framework = serializers.CharField()
    next = serializers.IntegerField(allow_null=True, help_text="give it as `after` for the next part; null: no more")
    versions = Reference(many=True)


class CompareIn(Input):
    """Which assessments of one framework to read side by side."""

    framework = serializers.CharField(required=False, max_length=120, help_text="URN; the GenAIOps checklist")
    of = serializers.RegexField(r"^[0-9]{1,18}(,[0-9]{1,18}){1,4}$", help_text=f"2 to {MOST} ids, commas between")


class SideOut(serializers.Serializer[Any]):
    """One thing's answer; an empty status: its version of the framework does not ask this."""

    assessment = serializers.IntegerField()
    status = serializers.CharField()
    is_stale = serializers.BooleanField()
    says = serializers.CharField()


class ComparedQuestionOut(serializers.Serializer[Any]):
    """One question with each answer, in the order in which the assessments were named."""

    question = serializers.CharField()
    text = serializers.CharField()
    differs = serializers.BooleanField()
    sides = SideOut(many=True)


class AssessmentMatrixViewSet(SeenViewSet):
    """Assessments of one framework together."""

    seen = staticmethod(queries.assessments_seen_by)
    serializer_class = MatrixRowOut

    @extend_schema(operation_id="assessments_matrix", parameters=[MatrixIn], responses=MatrixOut)
    @action(detail=False, filterset_class=None, pagination_class=None)
    def matrix(self, request: Request) -> Response:
        """How everything that is held against one framework stands on each of its questions, fifty things at a time."""
        asked = MatrixIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        used = queries.framework(given.get("framework", GENAIOPS))
        rows = queries.assessments_seen_by(request.user).filter(framework=used.urn).order_by("-pk")
        if kind := given.get("subject_kind"):
            rows = rows.filter(**{f"{FIELDS[kind]}__isnull": False})
        if after := given.get("after"):
            rows = rows.filter(pk__lt=after)
        found = list(rows[: AT_ONCE + 1])
        standings = standings_of(found[:AT_ONCE])
        lines = [_row(one, standings[one.pk]) for one in found[:AT_ONCE]]
        following = found[AT_ONCE - 1].pk if len(found) > AT_ONCE else None
        return Response(MatrixOut({"framework": used.urn, "next": following, "rows": lines}).data)

    @extend_schema(operation_id="assessments_not_begun", parameters=[NotBegunIn], responses=NotBegunOut)
    @action(detail=False, filterset_class=None, pagination_class=None, url_path="not-begun")
    def not_begun(self, request: Request) -> Response:
        """Model versions that nobody holds against one framework yet, the newest first, fifty at a time."""
        asked = NotBegunIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        used = queries.framework(given.get("framework", GENAIOPS))
        rows = versions_not_begun(request.user, used.urn).order_by("-pk")
        rows = rows.filter(pk__lt=given["after"]) if given.get("after") else rows
        found = list(rows[: AT_ONCE + 1]) if VERSION in used.subjects else []
        following = found[AT_ONCE - 1].pk if len(found) > AT_ONCE else None
        return Response(NotBegunOut({"framework": used.urn, "next": following, "versions": found[:AT_ONCE]}).data)

    @extend_schema(operation_id="assessments_compare", parameters=[CompareIn], responses=ComparedQuestionOut(many=True))
    @action(detail=False, filterset_class=None, pagination_class=None)
    def compare(self, request: Request) -> Response:
        """How some things answer the questions of one framework, side by side."""
        asked = CompareIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        used = queries.framework(asked.validated_data.get("framework", GENAIOPS))
        numbers = list(dict.fromkeys(int(one) for one in asked.validated_data["of"].split(",")))
        rows = queries.assessments_seen_by(request.user).filter(framework=used.urn, pk__in=numbers)
        found = sorted(rows, key=lambda one: numbers.index(one.pk))
        beside = compared(used, found, only_different=False, whole=True)
        return Response(ComparedQuestionOut(list(_questions(beside)), many=True).data)


def _row(assessment: Assessment, standings: Standings) -> dict[str, Any]:
    return {
        "assessment": assessment.pk,
        "subject_kind": assessment.subject_kind,
        "subject_id": assessment.subject_id,
        "subject_label": str(assessment.subject),
        "framework_version": assessment.framework_version,
        "cells": [
            {"question": name, "status": one.status, "is_stale": one.is_stale} for name, one in standings.items()
        ],
    }


def _questions(beside: Compared) -> list[dict[str, Any]]:
    return [
        {
            "question": one.question.id,
            "text": one.question.text,
            "differs": one.differs,
            "sides": [
                {
                    "assessment": view.pk,
                    "status": side.view.status if side.view else "",
                    "is_stale": side.view.is_stale if side.view else False,
                    "says": side.view.says if side.view else "",
                }
                for view, side in zip(beside.views, one.sides, strict=True)
            ],
        }
        for _, questions in beside.groups
        for one in questions
    ]
