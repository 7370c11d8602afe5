"""What documents of the evidence library support: the present answers that cite them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.urls import reverse

from apps.checklist.models import Evidence, EvidenceVersion
from apps.checklist.queries.assessments import SUBJECTS_READ, assessments_seen_by
from apps.checklist.queries.frameworks import framework
from apps.checklist.rules import STATES

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST = 200  # answers that are named; the number tells of all


@dataclass(frozen=True)
class Supported:
    """One present answer that cites a version of a document."""

    version: int
    number: int
    assessment: int
    subject_label: str
    framework: str
    state: str
    question: str
    text: str
    page: str

    @property
    def state_label(self) -> str:
        """The state of the assessment, in words."""
        return STATES[self.state]


@dataclass(frozen=True)
class Supports:
    """What versions of a document support: the answers that the person sees, how many of these are not `named` for
    their number, how many `others` there are, and how many there are of each version."""

    seen: tuple[Supported, ...]
    unnamed: int
    others: int
    by_version: dict[int, int]

    @property
    def total(self) -> int:
        """How many present answers there are, seen or not."""
        return sum(self.by_version.values())

    @property
    def approved(self) -> tuple[Supported, ...]:
        """Those in assessments that were approved: the approval no longer holds once its evidence is gone."""
        return tuple(one for one in self.seen if one.state == "approved")


def citations_of(versions: Iterable[EvidenceVersion]) -> QuerySet[Evidence]:
    """The evidence of present answers that cites one of these versions."""
    return Evidence.objects.filter(cites__in=[one.pk for one in versions], answer__is_current=True)


def supports_of(user: "User | AnonymousUser", versions: Iterable[EvidenceVersion]) -> Supports:
    """What these versions support, as this person may know it. Constant queries."""
    rows = citations_of(versions)
    by_version = Counter(rows.values_list("cites", flat=True))
    seen = rows.filter(answer__assessment__in=assessments_seen_by(user)).order_by("answer__assessment_id", "pk")
    named = [f"answer__assessment__{name}" for name in SUBJECTS_READ]
    found = [_supported(row) for row in seen.select_related("cites", "answer__assessment", *named)[:MOST]]
    known = len(found) if len(found) < MOST else seen.count()
    return Supports(tuple(found), known - len(found), sum(by_version.values()) - known, dict(by_version))


def _supported(row: Evidence) -> Supported:
    answer, assessment = row.answer, row.answer.assessment
    used = framework(assessment.framework, assessment.framework_version)
    asked = used.questions.get(answer.question)
    return Supported(
        version=row.cites_id or 0,
        number=row.cites.number if row.cites else 0,
        assessment=assessment.pk,
        subject_label=str(assessment.subject),
        framework=used.title,
        state=assessment.state,
        question=answer.question,
        text=asked.text if asked else "A question that is no longer asked.",
        page=reverse("checklist:answer", args=[assessment.pk, answer.question]) if asked else "",
    )
