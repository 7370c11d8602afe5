"""Which assessments no longer hold, of every kind of subject and any framework, and whom that concerns."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.queries import team_ids_where
from apps.checklist.models import Answer, Assessment, Assignment
from apps.checklist.queries.assessments import with_names
from apps.checklist.queries.views import views_of
from apps.checklist.rules import APPROVED, AssessmentView
from apps.core.canonical import digest_of

AT_A_TIME = 50  # assessments whose subjects are read together


@dataclass(frozen=True)
class Stale:
    """One assessment that no longer holds. `changes` names each change by a short digest: an answer that went stale
    keeps its name until it is given anew, so that whoever was told of it is told once.
    """

    pk: int
    label: str
    team: str
    page: str
    changes: tuple[str, ...]


def watched_for(user: User) -> QuerySet[Assessment]:
    """The assessments whose staleness concerns a person, newest first: approved ones where they may answer or decide;
    others where they may answer and did, or have a part in their hands.
    """
    answering = team_ids_where(user, "assessment.answer")
    told = {*answering, *team_ids_where(user, "assessment.decide")}
    of_it = {"assessment": OuterRef("pk")}
    answered = Answer.objects.filter(**of_it, is_current=True, answered_by=user)
    given = Assignment.objects.filter(**of_it, person=user, ended_at__isnull=True)
    approved = Q(state=APPROVED, team_id__in=told)
    own = Q(team_id__in=answering) & ~Q(state=APPROVED) & (Q(Exists(answered)) | Q(Exists(given)))
    return Assessment.objects.filter(approved | own).order_by("-pk")


def stale_among(pks: Iterable[int]) -> list[Stale]:
    """Those of these assessments that no longer hold, newest first. The number of queries does not depend on how many
    they are; whoever has many hands them over in parts.
    """
    rows = list(with_names(Assessment.objects.filter(pk__in=list(pks))).order_by("-pk"))
    views = views_of(rows) if rows else {}
    changes = {row.pk: _changes(views[row.pk]) for row in rows}
    return [
        Stale(
            row.pk,
            f"{views[row.pk].subject_label} · {views[row.pk].framework.title}",
            row.team.name,
            reverse("checklist:assessment-detail", args=[row.pk]),
            changes[row.pk],
        )
        for row in rows
        if changes[row.pk]
    ]


def stale_everywhere() -> list[Stale]:
    """Every assessment that no longer holds, of all teams, for the scheduled sweep; read in parts of fifty."""
    pks = list(Assessment.objects.order_by("-pk").values_list("pk", flat=True))
    parts = (pks[start : start + AT_A_TIME] for start in range(0, len(pks), AT_A_TIME))
    return [one for part in parts for one in stale_among(part)]


def _changes(view: AssessmentView) -> tuple[str, ...]:
    if view.state == APPROVED and view.is_approval_current:
        return ()
    named = [f"{one.id} {one.revision}" for one in view.questions if one.is_stale]
    if view.state == APPROVED and not named:
        named = [f"approval {view.submitted_at}"]
    return tuple(digest_of(name)[:16] for name in named)
