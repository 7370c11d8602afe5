"""The policies of the gate: those of one's teams, one with its revisions, and setting it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import Team, User
from apps.accounts.queries import may, may_anywhere, person
from apps.checklist import services
from apps.checklist.forms.policies import PolicyForm
from apps.checklist.models import GatePolicy
from apps.checklist.queries.policies import default_policy, default_text, policies_seen_by, policy_read, policy_seen
from apps.checklist.queries.previewing import Preview, policy_preview
from apps.checklist.rules.policies import Policy, Rule
from apps.checklist.rules.policies.sentences import WORDS
from apps.checklist.services.policies import policy_checked
from apps.core.errors import Refused
from apps.core.form_fields import attempt, posted, status_of


@require_GET
def policy_list(request: HttpRequest) -> HttpResponse:
    """The policies that hold in the person's teams, and the one that comes with the product."""
    user = person(request)
    context = {
        "policies": [(row, policy_read(row.text)) for row in policies_seen_by(user).filter(is_current=True)],
        "rules": _rules(default_policy().policy),
        "may_change": may_anywhere(user, "policy.change"),
    }
    return render(request, "checklist/policy_list.html", context)


def _rules(policy: Policy) -> list[tuple[Rule, str]]:
    """Each rule with what it asks, in words."""
    return [(rule, WORDS[rule.word].asks) for rule in policy.rules]


@require_GET
def policy_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One revision of a policy with its rules in words, and all revisions of it."""
    row = policy_seen(person(request), pk)
    policy = policy_read(row.text)
    context = {
        "row": row,
        "policy": policy,
        "rules": _rules(policy),
        "revisions": list(policies_seen_by(person(request)).filter(team=row.team, name=row.name)),
        "may_change": may(person(request), "policy.change", row.team_id),
    }
    return render(request, "checklist/policy_detail.html", context)


@require_http_methods(["GET", "POST"])
def policy_edit(request: HttpRequest) -> HttpResponse:
    """Set a policy, or the next revision of the one that the address names with `?policy=`."""
    user, before = person(request), _named(request)
    if not may_anywhere(user, "policy.change"):
        raise Refused(
            "Your roles do not include “policy.change”.", remedy="Ask a compliance officer or an administrator."
        )
    is_preview = "preview" in request.POST
    form = PolicyForm(
        user, posted(request), initial=_initial(before), is_fixed=before is not None, is_preview=is_preview
    )
    preview = attempt(form, _previewed, user=user) if is_preview else None
    form.fields["reason"].required = True  # of whoever sets it next
    made = attempt(form, services.policy_set, by=user) if request.method == "POST" and not is_preview else None
    if made is not None:
        messages.success(request, f"{made} holds from now on.")
        return redirect("checklist:policy-detail", made.pk)
    context = {"form": form, "before": before, "words": WORDS.values(), "preview": preview}
    return render(request, "checklist/policy_form.html", context, status=200 if preview else status_of(form))


def _previewed(*, user: User, team: Team, name: str, text: str, **_: object) -> Preview:
    return policy_preview(user, team, name, policy_checked(text))


def _named(request: HttpRequest) -> GatePolicy | None:
    number = request.GET.get("policy", "")
    return policy_seen(person(request), int(number)) if number.isdecimal() and len(number) < 19 else None


def _initial(before: GatePolicy | None) -> dict[str, object]:
    if before is None:
        return {"text": default_text().partition("\n")[2], "expect_revision": 0}
    return {"team": before.team_id, "name": before.name, "text": before.text, "expect_revision": before.revision}


@require_POST
def policy_withdraw_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a policy hold for nothing any more."""
    made = services.policy_withdraw(
        by=person(request), policy=policy_seen(person(request), pk), reason=request.POST.get("reason", "")
    )
    messages.success(request, f"{made.title} is withdrawn: it holds for nothing any more.")
    return redirect("checklist:policy-detail", made.pk)
