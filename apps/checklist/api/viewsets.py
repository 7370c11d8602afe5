"""The API's views of assessments, answers and sign-offs."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import person
from apps.checklist import queries, services
from apps.checklist.api.shapes import (
    AnswerIn,
    AssessmentIn,
    AssessmentNow,
    AssessmentOut,
    DecisionIn,
    EvidenceIn,
    QuestionNow,
    RevisionOut,
    WaiverIn,
    WaiverOut,
)
from apps.checklist.models import Assessment
from apps.checklist.queries.starting import subject_seen
from apps.checklist.queries.work import with_work
from apps.checklist.rules.frameworks import ASSESSED
from apps.checklist.rules.subjects import FIELDS
from apps.checklist.rules.work import WORK_SHOWN
from apps.core.filtering import KeyFilter, TeamFilter
from apps.core.serializing import Reason
from apps.core.viewsets import ReadViewSet


class AssessmentFilter(TeamFilter):
    version = KeyFilter(field_name="version_id")
    model = KeyFilter(field_name="version__model_id")
    system = KeyFilter(field_name="system_id")
    dataset_version = KeyFilter(field_name="dataset_version_id")
    deployment = KeyFilter(field_name="deployment_id")
    framework = filters.CharFilter(max_length=120)
    subject_kind = filters.ChoiceFilter(choices=list(ASSESSED.items()), method="of_kind")
    state = filters.ChoiceFilter(choices=Assessment.State.choices)

    work = filters.ChoiceFilter(choices=list(WORK_SHOWN.items()), method="of_work")

    def of_work(self, rows: QuerySet[Assessment], name: str, wanted: str) -> QuerySet[Assessment]:
        """Those on which something is in the person's hands, is overdue, or is being discussed."""
        return with_work(person(self.request), rows, wanted)

    def of_kind(self, rows: QuerySet[Assessment], name: str, kind: str) -> QuerySet[Assessment]:
        """Those that speak of one kind of thing."""
        return rows.filter(**{f"{FIELDS[kind]}__isnull": False})


class AssessmentViewSet(ReadViewSet):
    """Assessments of the person's teams, newest first."""

    seen = staticmethod(queries.assessments_seen_by)
    serializer_class = AssessmentOut
    filterset_class = AssessmentFilter

    @extend_schema(request=AssessmentIn, responses={201: AssessmentNow})
    def create(self, request: Request) -> Response:
        """Hold a system, a model version, a dataset version or a deployment against a framework."""
        given = self.accepted_input(AssessmentIn)
        named: dict[str, Any] = {
            field: subject_seen(request.user, kind, given[field]) for kind, field in FIELDS.items() if field in given
        }
        urn = given.get("framework", queries.GENAIOPS)
        made = services.assessment_create(by=person(request), urn=urn, **named)
        return self._now(made, status.HTTP_201_CREATED)

    @extend_schema(responses=AssessmentNow)
    def retrieve(self, request: Request, pk: str) -> Response:
        """The assessment as it stands now."""
        return self._now(self.get_object())

    @extend_schema(request=None, responses=AssessmentNow)
    @action(detail=True, methods=["post"])
    def collect(self, request: Request, pk: str) -> Response:
        """Bring every answer up to date with what the platform finds now."""
        assessment = self.get_object()
        services.evidence_collect(by=person(request), assessment=assessment)
        return self._now(assessment)

    @extend_schema(operation_id="assessments_answer_history", responses=RevisionOut(many=True))
    @action(detail=True, url_path=r"answers/(?P<question>[\w.-]+)", filterset_class=None, pagination_class=None)
    def answers(self, request: Request, pk: str, question: str) -> Response:
        """Every revision of one answer, the newest first."""
        return Response(RevisionOut(queries.answer_history(self.get_object(), question), many=True).data)

    @extend_schema(operation_id="assessments_answer_save", request=AnswerIn, responses=QuestionNow)
    @answers.mapping.put
    def answer_save(self, request: Request, pk: str, question: str) -> Response:
        """Say something about a question, together with the evidence as it is now."""
        assessment, given = self.get_object(), self.accepted_input(AnswerIn)
        services.answer_save(by=person(request), assessment=assessment, question=question, **given)
        return self._question(assessment, question)

    @extend_schema(request=EvidenceIn, responses={201: QuestionNow})
    @action(detail=True, methods=["post"], url_path=r"answers/(?P<question>[\w.-]+)/evidence")
    def evidence(self, request: Request, pk: str, question: str) -> Response:
        """Attach a document, a link or a note to an answer."""
        assessment, given = self.get_object(), self.accepted_input(EvidenceIn)
        services.evidence_add(by=person(request), assessment=assessment, question=question, **given)
        return self._question(assessment, question, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=AssessmentNow)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """Hand the assessment to a second person."""
        services.assessment_submit(by=person(request), assessment=self.get_object())
        return self._now(self.get_object())

    @extend_schema(request=DecisionIn, responses=AssessmentNow)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Approve or refuse, by somebody who had no part in the work."""
        assessment, given = self.get_object(), self.accepted_input(DecisionIn)
        services.assessment_decide(by=person(request), assessment=assessment, **given)
        return self._now(self.get_object())

    @extend_schema(operation_id="assessments_waivers_list", responses=WaiverOut(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def waivers(self, request: Request, pk: str) -> Response:
        """Every waiver on the assessment, the newest first, with how it stands today."""
        view = queries.assessment_view(request.user, self.get_object())
        return Response(WaiverOut(view.waivers, many=True).data)

    @extend_schema(operation_id="assessments_waivers_grant", request=WaiverIn, responses={201: AssessmentNow})
    @waivers.mapping.post
    def waiver_grant(self, request: Request, pk: str) -> Response:
        """Let what stands against approval pass until a day, by somebody who had no part in the work."""
        assessment, given = self.get_object(), self.accepted_input(WaiverIn)
        services.waiver_grant(by=person(request), assessment=assessment, **given)
        return self._now(assessment, status.HTTP_201_CREATED)

    @extend_schema(operation_id="assessments_waivers_revoke", request=Reason, responses=AssessmentNow)
    @action(detail=True, methods=["post"], url_path=r"waivers/(?P<waiver>[0-9]+)/revoke")
    def waiver_revoke(self, request: Request, pk: str, waiver: str) -> Response:
        """Take a waiver back; what it let pass stands against approval again at once."""
        assessment, given = self.get_object(), self.accepted_input(Reason)
        found = queries.waiver_seen(request.user, int(waiver), assessment)
        services.waiver_revoke(by=person(request), waiver=found, **given)
        return self._now(assessment)

    def _now(self, assessment: Assessment, code: int = status.HTTP_200_OK) -> Response:
        fresh = self.get_queryset().get(pk=assessment.pk)
        return self.answer(AssessmentNow, queries.assessment_view(self.request.user, fresh), code)

    def _question(self, assessment: Assessment, question: str, code: int = status.HTTP_200_OK) -> Response:
        fresh = self.get_queryset().get(pk=assessment.pk)
        return self.answer(QuestionNow, queries.assessment_view(self.request.user, fresh).question(question), code)
