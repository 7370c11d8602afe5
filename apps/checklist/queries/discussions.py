"""What people say about the questions of an assessment, who sees that, and for whom a word waits."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.queries import team_ids_seen_by, team_ids_where
from apps.checklist.models import Assessment, Assignment, Discussion, Remark
from apps.checklist.queries.assessments import MISSING, SUBJECTS_READ
from apps.checklist.queries.frameworks import framework
from apps.checklist.rules.work import ids_in_group
from apps.core.errors import NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

MOST_SHOWN = 200  # remarks of one discussion on a page, the newest
MOST_WAITING = 200  # discussions in which somebody wrote to one person


@dataclass(frozen=True)
class Talk:
    """One discussion with its remarks, the newest last; `earlier` counts those before them."""

    discussion: Discussion
    remarks: list[Remark]
    earlier: int


def discussions_seen_by(user: "User | AnonymousUser") -> QuerySet[Discussion]:
    """The discussions of the person's teams, with how many remarks stand in each. Whom a single model was shared with
    sees its assessment, and not what the team says about it.
    """
    rows = Discussion.objects.filter(team_id__in=team_ids_seen_by(user)).select_related("settled_by", "assessment")
    return rows.annotate(standing=Count("remarks", filter=Q(remarks__withdrawn_at=None)))


def discussion_seen(user: "User | AnonymousUser", pk: int, assessment: Assessment) -> Discussion:
    """One discussion of this assessment. Raises NotFound when it is not there or not to be seen."""
    found = discussions_seen_by(user).filter(pk=pk, assessment=assessment).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def remark_seen(user: "User | AnonymousUser", pk: int, assessment: Assessment) -> Remark:
    """One remark on this assessment. Raises NotFound when it is not there or not to be seen."""
    rows = Remark.objects.filter(discussion__team_id__in=team_ids_seen_by(user), discussion__assessment=assessment)
    found = rows.select_related("discussion__assessment").filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def discussions_of(user: "User | AnonymousUser", assessment: int) -> dict[str, Discussion]:
    """The discussions of an assessment by question; that of the whole under an empty id. One query."""
    return {one.question: one for one in discussions_seen_by(user).filter(assessment=assessment)}


def talk_of(user: "User | AnonymousUser", assessment: int, question: str = "") -> Talk | None:
    """What was said about a question, or about the whole; None where nobody has said anything. Two queries."""
    rows = discussions_seen_by(user).filter(assessment=assessment, question=question)
    found = rows.annotate(number=Count("remarks")).first()
    if found is None:
        return None
    remarks = list(remarks_of(found).order_by("-pk")[:MOST_SHOWN])[::-1]
    return Talk(found, remarks, found.number - len(remarks))


def remarks_of(discussion: Discussion) -> QuerySet[Remark]:
    """Every remark of a discussion, withdrawn ones without their words."""
    return discussion.remarks.select_related("written_by", "withdrawn_by")


def talk_page(discussion: Discussion) -> str:
    """The address where a discussion is read: beside its question, as long as that is asked. Its assessment is read."""
    question, work = discussion.question, reverse("checklist:work", args=[discussion.assessment_id])
    if not question:
        return f"{work}#discussion"
    if not is_asked(discussion.assessment, question):
        return f"{work}?{urlencode({'about': question})}#discussion"
    return f"{reverse('checklist:answer', args=[discussion.assessment_id, question])}#discussion"


def is_asked(assessment: Assessment, question: str) -> bool:
    """Whether the framework of the assessment still asks this; the whole is always spoken of."""
    return not question or question in framework(assessment.framework, assessment.framework_version).questions


def discussions_waiting_for(user: User) -> QuerySet[Discussion]:
    """Open discussions in which somebody wrote after the person did, who took part or was given what it is about.

    `newest` is the last remark of another that stands. The oldest discussion comes first.
    """
    teams = team_ids_where(user, "remark.write")
    others = Q(remarks__withdrawn_at=None) & ~Q(remarks__written_by=user)
    rows = Discussion.objects.filter(team_id__in=teams, settled_at=None).annotate(
        newest=Max("remarks__pk", filter=others),
        own=Coalesce(Max("remarks__pk", filter=Q(remarks__written_by=user)), Value(0)),
    )
    rows = rows.filter(Q(own__gt=0) | _given_to(user), newest__gt=F("own"))
    through = [f"assessment__{name}" for name in SUBJECTS_READ]
    return rows.select_related("team", *through).order_by("pk")


def _given_to(user: User) -> Q:
    """Discussions about what the person was given: all of an assessment, a group, or the very question."""
    mine = Assignment.objects.filter(person=user, ended_at=None)
    about = mine.filter(Q(question="") | Q(question=OuterRef("question")), assessment=OuterRef("assessment"), group="")
    found = Q(Exists(about))
    for one in mine.exclude(group="").select_related("assessment").order_by("-pk")[:MOST_WAITING]:
        used = framework(one.assessment.framework, one.assessment.framework_version)
        found |= Q(assessment=one.assessment_id, question__in=ids_in_group(used, one.group))
    return found
