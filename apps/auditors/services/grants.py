"""Letting an auditor in, and ending that."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.queries import person_by_email
from apps.accounts.rules import secret_digest
from apps.accounts.services import guest_create, guest_end, guest_sign_out, guest_until, in_turn, require
from apps.audit.services import record
from apps.auditors import rules
from apps.auditors.models import AuditGrant
from apps.core.errors import Conflict, Invalid
from apps.registry.models import AISystem

GIVE = "audit_access.give"


@dataclass(frozen=True)
class Given:
    """An access, and the secret of its link: empty for a person who has chosen a password before."""

    grant: AuditGrant
    secret: str


@transaction.atomic
def access_give(
    *,
    by: User,
    team: Team,
    systems: Sequence[AISystem],
    kind: str,
    label: str,
    reason: str,
    expires_at: datetime,
    email: str = "",
) -> Given:
    """Let somebody from outside look at these systems of a team until then. The secret is told this once.

    Raises Invalid for missing words, no systems, a time that is past or too far, or a person without an address;
    Conflict where the address belongs to somebody who works here.
    """
    require(by, GIVE, team)
    _check(team, systems, kind, label, reason)
    _check_time(expires_at)
    in_turn(team)
    holder = _holder(by, team, kind, email, label.strip(), expires_at)
    grant = AuditGrant.objects.create(
        team=team,
        kind=kind,
        label=label.strip(),
        reason=reason.strip(),
        holder=holder,
        expires_at=expires_at,
        created_by=by,
    )
    grant.systems.set(systems)
    told = {"kind": kind, "holder": f"user:{holder.pk}", "systems": sorted(one.pk for one in systems)}
    record(action=GIVE, obj=grant, by=by, reason=grant.reason, data=told | {"expires_at": expires_at.isoformat()})
    is_known = kind == rules.ACCOUNT and holder.has_usable_password()
    return Given(grant, "" if is_known else _new_secret(grant))


def _check(team: Team, systems: Sequence[AISystem], kind: str, label: str, reason: str) -> None:
    if kind not in rules.KINDS:
        raise Invalid("There is no such kind of access.", code="access.kind", remedy=f"Say {', '.join(rules.KINDS)}.")
    if not label.strip() or len(label) > 120:
        raise Invalid("Say who looks, in 120 characters at most.", code="access.label")
    if not reason.strip():
        raise Invalid("Say why they are let in; the reason is kept in the trail.", code="reason.missing")
    if not 1 <= len(systems) <= rules.MOST_SYSTEMS or any(one.team_id != team.pk for one in systems):
        raise Invalid(f"Choose between 1 and {rules.MOST_SYSTEMS} systems of this team.", code="access.systems")


def _check_time(expires_at: datetime) -> None:
    if problem := rules.expiry_problem(expires_at, timezone.now(), settings.AUDIT_ACCESS_DAYS):
        raise Invalid(problem, code="access.expiry")


def _holder(by: User, team: Team, kind: str, email: str, label: str, expires_at: datetime) -> User:
    """The account that the access is entered by: one of its own for a link, one for a person however many they hold."""
    if kind == rules.LINK:
        return guest_create(by=by, name=label, ends_at=expires_at)
    if not email.strip():
        raise Invalid("Give the person's e-mail address: they sign in with it.", code="access.email")
    known = person_by_email(email)
    if known is None:
        return guest_create(by=by, name=label, email=email, ends_at=expires_at)
    if not known.is_guest:
        raise Conflict(
            "Somebody who works here has this e-mail address.",
            code="access.no_guest",
            remedy="An administrator can give them the role of auditor in the team instead.",
        )
    _check_known(known, team)
    if not known.has_access:  # what ended with their time stays ended
        guest_sign_out(by=by, guest=known)
    if known.access_ends_at is None or known.access_ends_at < expires_at:
        guest_until(by=by, guest=known, ends_at=expires_at)
    return known


def _check_known(guest: User, team: Team) -> None:
    """A person is let in by one team only: whoever makes a link for them could otherwise enter another team's room."""
    if not guest.is_active:
        raise Conflict("This person's account was closed.", code="access.closed")
    if AuditGrant.objects.filter(holder=guest).exclude(team=team).exists():
        raise Conflict(
            "This address cannot be let in here.",
            code="access.elsewhere",
            remedy="Give a link, or use another address.",
        )


def _new_secret(grant: AuditGrant) -> str:
    secret = rules.SECRET_PREFIX + secrets.token_urlsafe(32)
    grant.secret_digest = secret_digest(secret)
    grant.save(update_fields=["secret_digest"])
    return secret


@transaction.atomic
def access_renew(*, by: User, grant: AuditGrant) -> Given:
    """Make a new link in place of one that was lost; the old one opens nothing any more, and whoever came in by it is
    out. A person who entered before chooses a new password with it. Raises Conflict where the access has ended.
    """
    require(by, GIVE, grant.team_id)
    grant = _locked(grant)
    _require_open(grant)
    guest_sign_out(by=by, guest=grant.holder)
    given = Given(grant, _new_secret(grant))
    record(action="audit_access.renew", obj=grant, by=by)
    return given


@transaction.atomic
def access_revoke(*, by: User, grant: AuditGrant, reason: str) -> AuditGrant:
    """End an access at once: its sessions and tokens with it, unless the person holds another one that is open.

    Raises Invalid without a reason, Conflict where it has ended already.
    """
    require(by, GIVE, grant.team_id)
    if not reason.strip():
        raise Invalid("Say why it ends; the reason is kept in the trail.", code="reason.missing")
    grant = _locked(grant)
    _require_open(grant)
    grant.revoked_at, grant.revoked_by, grant.revoked_because = timezone.now(), by, reason.strip()
    grant.save(update_fields=["revoked_at", "revoked_by", "revoked_because"])
    record(action="audit_access.revoke", obj=grant, by=by, reason=grant.revoked_because)
    rest = AuditGrant.objects.filter(holder=grant.holder_id, revoked_at=None, expires_at__gt=grant.revoked_at)
    latest = rest.order_by("-expires_at").values_list("expires_at", flat=True).first()
    if latest is None:
        guest_end(by=by, guest=grant.holder)
    else:
        guest_until(by=by, guest=grant.holder, ends_at=latest)
    return grant


def _locked(grant: AuditGrant) -> AuditGrant:
    """The access, read afresh once nobody else gives or ends one of this team."""
    in_turn(grant.team_id)
    return AuditGrant.objects.select_related("team", "holder").get(pk=grant.pk)


def _require_open(grant: AuditGrant) -> None:
    if grant.state != rules.OPEN:
        raise Conflict(f"This access is {grant.state_label.lower()} already.", code="access.ended")
