"""Holding assessments against the policies that apply to them, at the moment of reading."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from apps.checklist.models import Assessment
from apps.checklist.rules import APPROVED, SUBMITTED, GateItem, Known, QuestionView, SignOffView, WaiverView
from apps.checklist.rules.gate import file_problems, problems_of
from apps.checklist.rules.policies import InForce
from apps.checklist.rules.policies.approvals import counted, still_holds
from apps.checklist.rules.policies.evaluating import Evaluated, Facts, evaluate
from apps.checklist.rules.policies.trail import TrailKnown
from apps.checklist.rules.statements import DEPLOYMENT
from apps.core.rules import SUCCEEDED
from apps.trail.models import TrailCheckRun


@dataclass(frozen=True)
class Held:
    """An assessment held against its policy: what became of each rule, what waivers that ended had let pass, and what
    stands against each question."""

    used: InForce
    found: Evaluated
    ended: frozenset[str]
    problems: dict[str, tuple[GateItem, ...]]


def held(
    assessment: Assessment,
    used: InForce,
    questions: Sequence[QuestionView],
    known: Known,
    sign_offs: Sequence[SignOffView],
    waivers: Sequence[WaiverView],
    trail: TrailKnown | None,
) -> Held:
    """Hold one assessment against its policy. `trail` is what `trail_known` found."""
    in_force = {waiver.conflict: waiver for waiver in reversed(waivers) if waiver.is_in_force}
    facts = Facts(
        questions=questions if assessment.moves_stage else (),
        files=files_of(assessment),
        measurements=known.measurements,
        waivers=in_force,
        signed=[frozenset(one.roles) for one in round_of(assessment, used, sign_offs)],
        trail=trail,
    )
    found = evaluate(used, facts, is_gate=assessment.moves_stage)
    problems = found.by_question if assessment.moves_stage else {one.id: tuple(problems_of(one)) for one in questions}
    ended = frozenset(waiver.conflict for waiver in waivers) - in_force.keys()
    return Held(used, found, ended, problems)


def trail_known() -> TrailKnown | None:
    """The newest verification of the trail that came to an end; one query. Whoever asked for it, it is the whole
    trail's, and nothing is told of what its entries say."""
    done = TrailCheckRun.objects.filter(state=SUCCEEDED).defer("log", "config")
    run = done.order_by("-finished_at", "-pk").first()
    if run is None or run.finished_at is None:
        return None
    found = run.result or {}
    return TrailKnown(
        run=run.pk,
        on=run.finished_at.date().isoformat(),
        is_intact=bool(found.get("is_intact")),
        rows=int(found.get("rows") or 0),
        head=str(found.get("head") or ""),
        broken_at=found.get("broken_at"),
        page=reverse("portal:trail"),
    )


def round_of(assessment: Assessment, used: InForce, sign_offs: Sequence[SignOffView]) -> list[SignOffView]:
    """The sign-offs that count: given since it was submitted and, while it waits, under the policy of now."""
    if assessment.state not in (SUBMITTED, APPROVED) or assessment.submitted_at is None:
        return []
    since = [one for one in sign_offs if one.decision == APPROVED and one.decided_at >= assessment.submitted_at]
    return counted(since, used, is_waiting=assessment.state == SUBMITTED)


def files_of(assessment: Assessment) -> tuple[GateItem, ...]:
    """What the files of the version put against it."""
    version = assessment.version
    if version is None or not assessment.moves_stage:
        return ()
    page = reverse("portal:version-tab", args=[version.pk, "files"])
    return tuple(file_problems(version.held_files, version.broken_at is not None, page))


def approval_is_current(
    assessment: Assessment, questions: Sequence[QuestionView], now: Held, signed: Sequence[SignOffView]
) -> bool:
    """Approved, with the same files, nothing behind an answer has changed, no waiver has ended, and the policy of
    today, where it is another than the one that it was `signed` under, lets it pass as well.

    Of a model version, answers about deployments are left out: they are watched after approval, and a new deployment
    of an approved version is what the approval was given for.
    """
    if assessment.state != APPROVED:
        return False
    version = assessment.version
    if assessment.moves_stage and (version is None or not version.is_deployable):
        return False
    watched = {one.id for one in questions if version is None or one.question.subject != DEPLOYMENT}
    if any(one.is_stale for one in questions if one.id in watched):
        return False
    is_same = all(one.policy_digest in ("", now.used.policy.digest) for one in signed)
    return still_holds(now.found, watched, now.ended, is_same_policy=is_same)
