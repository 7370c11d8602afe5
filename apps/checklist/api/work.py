"""The API of working on assessments together: who does which part, and what people say about it."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.queries import member_seen, person
from apps.checklist import queries, services
from apps.checklist.api.work_shapes import AssignmentIn, AssignmentOut, DiscussionOut, RemarkIn, RemarkOut
from apps.checklist.models import Assessment, Assignment
from apps.checklist.queries.discussions import discussion_seen, discussions_seen_by, remark_seen, remarks_of
from apps.checklist.queries.work import assignment_seen, assignment_views, assignments_seen_by
from apps.core.filtering import KeyFilter, TeamFilter
from apps.core.serializing import Reason
from apps.core.viewsets import SeenViewSet


class AssignmentFilter(TeamFilter):
    person = KeyFilter(field_name="person_id")
    assessment = KeyFilter(field_name="assessment_id")
    mine = filters.BooleanFilter(method="of_mine", help_text="true: what was given to you")
    is_standing = filters.BooleanFilter(
        field_name="ended_at", lookup_expr="isnull", help_text="true: what nobody has taken back, done or not"
    )

    def of_mine(self, rows: QuerySet[Assignment], name: str, mine: bool) -> QuerySet[Assignment]:
        """Those of the person who asks, or those of everybody else."""
        me = {"person_id": self.request.user.pk}
        return rows.filter(**me) if mine else rows.exclude(**me)


class AssignmentViewSet(SeenViewSet):
    """Parts of assessments in the hands of people of the person's teams."""

    seen = staticmethod(assignments_seen_by)
    serializer_class = AssignmentOut
    filterset_class = AssignmentFilter

    @extend_schema(responses=AssignmentOut(many=True))
    def list(self, request: Request) -> Response:
        """What was given to whom, newest first."""
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(AssignmentOut(assignment_views(page or []), many=True).data)

    @extend_schema(responses=AssignmentOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One part as it stands today."""
        (found,) = assignment_views([self.get_object()])
        return self.answer(AssignmentOut, found)


class AssessmentWorkViewSet(SeenViewSet):
    """Who does which part of an assessment, and what people say about it."""

    seen = staticmethod(queries.assessments_seen_by)
    serializer_class = AssignmentOut

    @extend_schema(operation_id="assessments_assignments_give", request=AssignmentIn, responses={201: AssignmentOut})
    @action(detail=True, methods=["post"])
    def assignments(self, request: Request, pk: str) -> Response:
        """Give the whole, a group or a question to somebody who may answer; who had it before has it no more."""
        assessment, given = self.get_object(), self.accepted_input(AssignmentIn)
        who = given.pop("person", person(request).pk)
        given["person"] = member_seen(person(request), assessment.team_id, who)
        made = services.assignment_give(by=person(request), assessment=assessment, **given)
        return self._assignment(made, status.HTTP_201_CREATED)

    @extend_schema(operation_id="assessments_assignments_end", request=Reason, responses=AssignmentOut)
    @action(detail=True, methods=["post"], url_path=r"assignments/(?P<assignment>[0-9]{1,18})/end")
    def assignment_end(self, request: Request, pk: str, assignment: str) -> Response:
        """Take a part back."""
        found = assignment_seen(request.user, int(assignment), self.get_object())
        given = self.accepted_input(Reason)
        return self._assignment(services.assignment_end(by=person(request), assignment=found, **given))

    @extend_schema(operation_id="assessments_discussions_list", responses=DiscussionOut(many=True))
    @action(detail=True)
    def discussions(self, request: Request, pk: str) -> Response:
        """The discussions on the assessment and its questions."""
        return self.listed(DiscussionOut, discussions_seen_by(request.user).filter(assessment=self.get_object()))

    @extend_schema(operation_id="assessments_discussions_settle", request=None, responses=DiscussionOut)
    @action(detail=True, methods=["post"], url_path=r"discussions/(?P<discussion>[0-9]{1,18})/settle")
    def discussion_settle(self, request: Request, pk: str, discussion: str) -> Response:
        """Say that a discussion has come to its end."""
        assessment = self.get_object()
        found = discussion_seen(request.user, int(discussion), assessment)
        services.discussion_settle(by=person(request), discussion=found)
        return self._discussion(assessment, found.pk)

    @extend_schema(operation_id="assessments_discussions_reopen", request=None, responses=DiscussionOut)
    @action(detail=True, methods=["post"], url_path=r"discussions/(?P<discussion>[0-9]{1,18})/reopen")
    def discussion_reopen(self, request: Request, pk: str, discussion: str) -> Response:
        """Say that a discussion has not come to its end after all."""
        assessment = self.get_object()
        found = discussion_seen(request.user, int(discussion), assessment)
        services.discussion_reopen(by=person(request), discussion=found)
        return self._discussion(assessment, found.pk)

    @extend_schema(operation_id="assessments_discussions_remarks", responses=RemarkOut(many=True))
    @action(detail=True, url_path=r"discussions/(?P<discussion>[0-9]{1,18})/remarks")
    def discussion_remarks(self, request: Request, pk: str, discussion: str) -> Response:
        """What was said, newest first."""
        found = discussion_seen(request.user, int(discussion), self.get_object())
        return self.listed(RemarkOut, remarks_of(found))

    @extend_schema(operation_id="assessments_remarks_write", request=RemarkIn, responses={201: RemarkOut})
    @action(detail=True, methods=["post"])
    def remarks(self, request: Request, pk: str) -> Response:
        """Say something about a question, or about the assessment as a whole."""
        assessment, given = self.get_object(), self.accepted_input(RemarkIn)
        made = services.remark_write(by=person(request), assessment=assessment, **given)
        return self.answer(RemarkOut, made, status.HTTP_201_CREATED)

    @extend_schema(operation_id="assessments_remarks_withdraw", request=None, responses=RemarkOut)
    @action(detail=True, methods=["post"], url_path=r"remarks/(?P<remark>[0-9]{1,18})/withdraw")
    def remark_withdraw(self, request: Request, pk: str, remark: str) -> Response:
        """Take a remark back: its words are erased, and that it was withdrawn stays."""
        found = remark_seen(request.user, int(remark), self.get_object())
        return self.answer(RemarkOut, services.remark_withdraw(by=person(request), remark=found))

    def _assignment(self, made: Assignment, code: int = status.HTTP_200_OK) -> Response:
        (found,) = assignment_views(assignments_seen_by(self.request.user).filter(pk=made.pk))
        return self.answer(AssignmentOut, found, code)

    def _discussion(self, assessment: Assessment, pk: int) -> Response:
        return self.answer(DiscussionOut, discussion_seen(self.request.user, pk, assessment))
