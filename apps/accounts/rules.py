"""Who may do what: the one table. Roles are held per team, as object permissions of django-guardian."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

ADMINISTRATOR = "administrator"
COMPLIANCE = "compliance_officer"
ENGINEER = "engineer"
APPROVER = "approver"
AUDITOR = "auditor"
ROLES: dict[str, str] = {
    ADMINISTRATOR: "Administrator",
    COMPLIANCE: "Compliance officer",
    ENGINEER: "Engineer",
    APPROVER: "Approver",
    AUDITOR: "Auditor",
}

_EVERYONE = frozenset(ROLES)
_MAKERS = frozenset({ADMINISTRATOR, COMPLIANCE, ENGINEER})
_BUILDERS = frozenset({ADMINISTRATOR, ENGINEER})
_DECIDERS = frozenset({APPROVER})

POLICY: dict[str, frozenset[str]] = {
    "team.view": _EVERYONE,
    "people.manage": frozenset({ADMINISTRATOR}),
    "trail.view": frozenset({ADMINISTRATOR, COMPLIANCE, APPROVER, AUDITOR}),
    "dataset.create": _MAKERS,
    "dataset.upload": _MAKERS,
    "dataset.describe": _MAKERS,
    "dataset.branch": _MAKERS,
    "dataset.read_raw": _MAKERS,
    "source.edit": _MAKERS,
    "source.verify": frozenset({ADMINISTRATOR, COMPLIANCE}),
    "scan.start": _MAKERS,
    "diff.start": frozenset({ADMINISTRATOR, COMPLIANCE, ENGINEER, APPROVER}),
    "model.create": _BUILDERS,
    "model.describe": _MAKERS,
    "model.delete": _BUILDERS,
    "version.create": _BUILDERS,
    "version.propose": _MAKERS,
    "version.retire": frozenset({ADMINISTRATOR, COMPLIANCE, APPROVER}),
    "version.check": _EVERYONE,
    "version.release": frozenset({ADMINISTRATOR, COMPLIANCE, APPROVER}),
    "version.sign": frozenset({ADMINISTRATOR, COMPLIANCE, APPROVER}),
    "alias.set": _MAKERS,
    "alias.protect": frozenset({ADMINISTRATOR, COMPLIANCE, APPROVER}),
    "version.describe": _MAKERS,
    "system.edit": _MAKERS,
    "system.classify": frozenset({ADMINISTRATOR, COMPLIANCE}),
    "tuning.start": _BUILDERS,
    "tracking.log": _BUILDERS,
    "tracking.read_files": _MAKERS,
    "evaluation.start": _MAKERS,
    "drift.start": _MAKERS,
    "assessment.answer": _MAKERS,
    "assessment.decide": _DECIDERS,
    "assessment.sign": frozenset({ADMINISTRATOR, COMPLIANCE, APPROVER}),  # where the policy of the gate names the role
    "assignment.give": frozenset({ADMINISTRATOR, COMPLIANCE}),  # to others; to oneself whoever may answer
    "remark.write": frozenset({ADMINISTRATOR, COMPLIANCE, ENGINEER, APPROVER}),
    "remark.withdraw": frozenset({ADMINISTRATOR}),  # another's; one's own whoever wrote it
    "policy.change": frozenset({ADMINISTRATOR, COMPLIANCE}),
    "waiver.grant": _DECIDERS,
    "evidence.edit": _MAKERS,
    "evidence.withdraw": frozenset({ADMINISTRATOR, COMPLIANCE}),
    "evidence.read": _EVERYONE,  # whoever decides or audits looks at what a decision rests on
    "framework.load": frozenset({ADMINISTRATOR, COMPLIANCE}),
    "deployment.start": _BUILDERS,
    "deployment.stop": _MAKERS,
    "deployment.ask": frozenset({ADMINISTRATOR, COMPLIANCE, ENGINEER, APPROVER}),
    "deployment.acknowledge": _MAKERS,
    "incident.open": frozenset({ADMINISTRATOR, COMPLIANCE, ENGINEER, APPROVER}),
    "incident.close": frozenset({ADMINISTRATOR, COMPLIANCE, APPROVER}),
    "incident.manage": frozenset({ADMINISTRATOR, COMPLIANCE, APPROVER}),
    "risk.edit": _MAKERS,
    "risk.decide": frozenset({ADMINISTRATOR, COMPLIANCE, APPROVER}),
    "report.create": _EVERYONE,
    "snapshot.take": _EVERYONE,  # whoever makes a document freezes the record for it
    "audit_access.give": frozenset({ADMINISTRATOR, COMPLIANCE}),
    "run.cancel": _MAKERS,
    "run.retry": _MAKERS,
}
# What belongs to no team is for those alone who administer the whole site: a role in one team says nothing about it.
SITE_ACTIONS = frozenset({"organisation.edit"})
WHO_ADMINISTERS = "an administrator of the whole site"

View = TypeVar("View", bound=Callable[..., Any])
_GUEST_DOOR = "is_guest_door"
NO_MAIL = "guests.invalid"  # RFC 2606: an address at which nobody is reached
READ, WRITE = "read", "write"
SCOPES: dict[str, str] = {READ: "Read", WRITE: "Read and write"}
TOKEN_PREFIX = "gaio_"  # noqa: S105 - what everybody may know of a token: that it is one
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def allows(roles: Iterable[str], action: str) -> bool:
    """Whether one of `roles` may do `action`. Raises KeyError for an action that the table does not know."""
    return not POLICY[action].isdisjoint(roles)


def who_may(action: str) -> str:
    """The roles that may do `action`, as words for a refusal: "approver or compliance officer"."""
    names = [label.lower() for role, label in ROLES.items() if role in POLICY[action]]
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def scope_allows(scope: str, method: str) -> bool:
    """Whether a token of this scope may make a request with this HTTP method."""
    return scope == WRITE or method in SAFE_METHODS


def secret_digest(secret: str) -> str:
    """What is kept of a token: SHA-256. A 256-bit random secret needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def guest_door(view: View) -> View:
    """Marks a view, or a class of views, that guests may open too. Every other one is not there for them."""
    setattr(view, _GUEST_DOOR, True)
    return view


def is_guest_door(view: object) -> bool:
    """Whether guests may open what lies behind an address."""
    return bool(getattr(view, _GUEST_DOOR, False) or getattr(getattr(view, "cls", None), _GUEST_DOOR, False))
