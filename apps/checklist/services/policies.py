"""Setting a team's policy of the gate: every change is a revision with who, when and why."""

import re

from django.db import transaction

from apps.accounts.models import Team, User
from apps.accounts.services import require
from apps.audit.services import record
from apps.checklist.models import GatePolicy
from apps.checklist.queries.policies import policy_read, vocabulary
from apps.checklist.rules.policies import Policy, PolicyInvalid
from apps.core.errors import Conflict, Invalid

TEXT_MOST = 40_000  # characters; a policy is read by people
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


def policy_checked(text: str) -> Policy:
    """The policy that a text holds, where it names only what there is. Raises Invalid with every line that is wrong."""
    if len(text) > TEXT_MOST:
        raise Invalid(f"A policy has at most {TEXT_MOST} characters.", code="policy.invalid")
    try:
        return policy_read(text, vocabulary())
    except PolicyInvalid as error:
        raise Invalid(
            f"The policy cannot be read. {' '.join(_sentence(str(problem)) for problem in error.problems)}",
            code="policy.invalid",
            remedy="Correct these lines; the page of policies and docs/gates.md tell what may stand there.",
        ) from None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


@transaction.atomic
def policy_set(
    *, by: User, team: Team, name: str, text: str, reason: str, expect_revision: int | None = None
) -> GatePolicy:
    """Set a team's policy of this name: the first revision of it, or the next.

    `expect_revision` is the revision that was looked at (0: there was none). Raises Invalid for a text that is no
    policy, a name that is none or a missing reason; Conflict when somebody else was quicker, or nothing changes.
    """
    require(by, "policy.change", team)
    if not _NAME.fullmatch(name):
        raise Invalid("A policy's name has small letters, digits and hyphens, 60 at most.", code="policy.name")
    _check_reason(reason)
    policy = policy_checked(text)
    before = _latest(team, name)
    _check_expected(before, expect_revision)
    if before is not None and not before.is_withdrawn and before.digest == policy.digest and before.text == text:
        raise Conflict("This is what the policy says already.", code="policy.same")
    return _write(by, team, name, before, policy.title, text, policy.digest, reason)


@transaction.atomic
def policy_withdraw(*, by: User, policy: GatePolicy, reason: str) -> GatePolicy:
    """Let a policy hold for nothing any more. Raises Conflict where it is not the current one or was withdrawn."""
    require(by, "policy.change", policy.team_id)
    _check_reason(reason)
    before = _latest(policy.team, policy.name)
    if before is None or before.pk != policy.pk or before.is_withdrawn:
        raise Conflict(
            "This is not the revision that holds.", code="policy.revision", remedy="Look at the policy as it is now."
        )
    return _write(by, policy.team, policy.name, before, policy.title, policy.text, policy.digest, reason, True)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("Say why the policy changes; the reason is kept in the trail.", code="reason.missing")


def _latest(team: Team, name: str) -> GatePolicy | None:
    """The current revision, held until the transaction ends; the team is held too, for the first of a name."""
    Team.objects.select_for_update().get(pk=team.pk)
    return GatePolicy.objects.filter(team=team, name=name, is_current=True).first()


def _check_expected(before: GatePolicy | None, expected: int | None) -> None:
    present = before.revision if before else 0
    if expected is not None and expected != present:
        raise Conflict(
            f"Somebody set revision {present} of this policy meanwhile.",
            code="policy.revision",
            remedy="Read what it says now, then set yours.",
        )


def _write(
    by: User,
    team: Team,
    name: str,
    before: GatePolicy | None,
    title: str,
    text: str,
    digest: str,
    reason: str,
    is_withdrawn: bool = False,
) -> GatePolicy:
    if before is not None:
        GatePolicy.objects.filter(pk=before.pk).update(is_current=False)
    made = GatePolicy.objects.create(
        team=team,
        name=name,
        revision=before.revision + 1 if before else 1,
        is_withdrawn=is_withdrawn,
        title=title,
        text=text,
        digest=digest,
        reason=reason.strip(),
        set_by=by,
    )
    data = {"team": team.pk, "name": name, "revision": made.revision, "digest": digest, "is_withdrawn": is_withdrawn}
    record(action="policy.change", obj=made, by=by, reason=reason.strip(), data=data)
    return made
