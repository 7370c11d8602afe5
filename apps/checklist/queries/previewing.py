"""What a policy would say of the versions that there are, before anybody sets it. Nothing is written."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.accounts.models import Team
from apps.catalog.models import Dataset, Tag
from apps.checklist.models import Assessment
from apps.checklist.queries.assessments import assessments_seen_by
from apps.checklist.queries.gates import approval_is_current, held, round_of, trail_known
from apps.checklist.queries.policies import about_of, current_policies, default_policy
from apps.checklist.queries.subjects import Knowledge, knowledge_of
from apps.checklist.queries.views import views_of
from apps.checklist.rules import AssessmentView, Gate
from apps.checklist.rules.measurements import suite_name
from apps.checklist.rules.policies import About, InForce, Policy, chosen, missing
from apps.checklist.rules.policies.outcomes import RuleOutcome
from apps.checklist.rules.policies.shapes import Threshold
from apps.checklist.rules.policies.trail import TrailKnown
from apps.checklist.rules.problems import APART
from apps.checklist.rules.subjects import GENAIOPS

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST = 50  # versions that a policy is tried on: those whose checklists were begun last
SHOWN = 3  # reasons of each that a page tells
LOST, RED, GREEN = "loses its approval", "turns red", "turns green"
_ORDER = {LOST: 0, RED: 1, GREEN: 2, "": 3}  # what changes comes first


@dataclass(frozen=True)
class Foreseen:
    """One version's checklist as it stands (`view`), and as it would stand. `used` is the policy that would hold."""

    view: AssessmentView
    used: InForce
    gate: Gate
    outcomes: tuple[RuleOutcome, ...]
    is_approval_current: bool
    sign_offs_missing: int

    @property
    def change(self) -> str:
        """What would become of it, in words; empty where it stays as it is."""
        if self.view.is_approval_current and not self.is_approval_current:
            return LOST
        if self.view.gate.is_green != self.gate.is_green:
            return GREEN if self.gate.is_green else RED
        return ""

    @property
    def shown(self) -> tuple[str, ...]:
        """The first reasons against it: what the policy asks beside the questions comes first."""
        apart = [item.problem for item in (*self.gate.beside, *self.gate.files)]
        asked = [f"{one.question}: {one.problem}" for one in self.gate.problems if one.question not in APART]
        return tuple([*apart, *asked][:SHOWN])

    @property
    def more(self) -> int:
        """How many reasons are not among those."""
        return max(len(self.gate.problems) - SHOWN, 0)


@dataclass(frozen=True)
class Preview:
    """What would change. `others` of the versions that were looked at keep the policy that they have; `is_cut` where
    there are more than were looked at. `unknown_suites` are names that no data of the team goes by.
    """

    policy: Policy
    rows: tuple[Foreseen, ...]
    others: int
    is_cut: bool
    unknown_suites: tuple[str, ...]

    def count(self, change: str) -> int:
        """How many would change in this way."""
        return sum(row.change == change for row in self.rows)

    @property
    def lost(self) -> int:
        return self.count(LOST)

    @property
    def red(self) -> int:
        return self.count(RED)

    @property
    def green(self) -> int:
        return self.count(GREEN)


def policy_preview(user: "User | AnonymousUser", team: Team, name: str, policy: Policy) -> Preview:
    """Hold the team's versions that the person sees against a policy as if the team had set it under this name.

    The number of queries does not depend on how many versions there are.
    """
    rows = assessments_seen_by(user).filter(team=team, framework=GENAIOPS, version__deleted_at=None)
    found = list(rows.exclude(version=None).order_by("-created_at", "-pk")[: MOST + 1])
    tried = found[:MOST]
    new = InForce(policy, name)
    others = [one for one in current_policies([team.pk])[team.pk] if one.name != name]
    about = about_of([one.version for one in tried if one.version is not None])
    views, knowledge, trail = views_of(tried), knowledge_of(tried), trail_known()
    foreseen = []
    for one in tried:
        view, after = views[one.pk], chosen([*others, new], about.get(one.version_id or 0, About("")), default_policy())
        if after is new or (view.policy is not None and view.policy.name == name):
            foreseen.append(_foreseen(one, view, after, knowledge, trail))
    rows_of = tuple(sorted(foreseen, key=lambda row: _ORDER[row.change]))
    return Preview(policy, rows_of, len(tried) - len(foreseen), len(found) > MOST, _unknown(team, policy))


def _foreseen(
    assessment: Assessment, view: AssessmentView, used: InForce, knowledge: Knowledge, trail: TrailKnown | None
) -> Foreseen:
    questions = list(view.questions)
    now = held(assessment, used, questions, knowledge.of(assessment), view.sign_offs, view.waivers, trail)
    signed = round_of(assessment, used, view.sign_offs)
    return Foreseen(
        view=view,
        used=used,
        gate=now.found.gate,
        outcomes=now.found.outcomes,
        is_approval_current=approval_is_current(assessment, questions, now, signed),
        sign_offs_missing=missing(used.policy.signers, [frozenset(one.roles) for one in signed]),
    )


def _unknown(team: Team, policy: Policy) -> tuple[str, ...]:
    """Suites that rules name and no data of the team goes by. Two queries; none where no rule names any."""
    thresholds = [rule.argument for rule in policy.rules if isinstance(rule.argument, Threshold)]
    asked = dict.fromkeys(one.suite for one in thresholds if one.suite)
    if not asked:
        return ()
    names = {suite_name(name) for name in Dataset.objects.filter(team=team).values_list("name", flat=True)}
    tags = Tag.objects.filter(dataset__team=team).values_list("dataset__name", "name")
    names |= {suite_name(label) for data, tag in tags for label in (tag, f"{data} {tag}")}
    return tuple(one for one in asked if not _names(one) & names)


def _names(suite: str) -> set[str]:
    """A suite, and what it is called without the number of a version."""
    return {suite, re.sub(r"-v\d+$", "", suite)}
