"""Audit accesses for those who give them: the list, a new one with its link, and ending one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.queries import may_anywhere, person
from apps.accounts.rules import who_may
from apps.auditors import services
from apps.auditors.forms import AccessForm
from apps.auditors.queries import grant_seen, grants_seen_by
from apps.auditors.services.grants import GIVE
from apps.core.errors import Invalid, Refused
from apps.core.form_fields import attempt, posted, status_of
from apps.core.listing import rows_page


def _giver(request: HttpRequest) -> User:
    """Who asks, if they may let auditors in anywhere."""
    user = person(request)
    if not may_anywhere(user, GIVE):
        raise Refused(f"Your roles do not include “{GIVE}”.", remedy=f"Ask somebody who is {who_may(GIVE)}.")
    return user


@require_GET
def grant_list(request: HttpRequest) -> HttpResponse:
    """Everybody who was let in, what they may see and until when."""
    return render(request, "auditors/grant_list.html", {"page": rows_page(request, grants_seen_by(_giver(request)))})


@require_http_methods(["GET", "POST"])
@never_cache
def grant_give(request: HttpRequest) -> HttpResponse:
    """Let somebody in. The link is shown this once."""
    user = _giver(request)
    form = AccessForm(user, posted(request))
    given = attempt(form, _given, by=user)
    if given is None:
        return render(request, "auditors/grant_form.html", {"form": form}, status=status_of(form))
    return _told(request, given)


def _given(*, by: User, systems: Any, **told: Any) -> services.Given:
    chosen = list(systems)
    if len({one.team_id for one in chosen}) != 1:
        raise Invalid("Choose systems of one team.", code="access.systems")
    return services.access_give(by=by, team=chosen[0].team, systems=chosen, **told)


def _told(request: HttpRequest, given: services.Given) -> HttpResponse:
    """The access with its link, which nobody is shown again."""
    address = request.build_absolute_uri(reverse("audit-room:open"))
    link = f"{address}#{given.secret}" if given.secret else ""
    sign_in = request.build_absolute_uri(reverse("accounts:sign-in"))
    context = {"grant": given.grant, "systems": given.grant.systems.order_by("name"), "link": link, "sign_in": sign_in}
    return render(request, "auditors/grant_given.html", context)


@require_GET
def grant_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One access."""
    return render(request, "auditors/grant_detail.html", {"grant": grant_seen(person(request), pk)})


@require_POST
@never_cache
def grant_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new link in place of one that was lost."""
    user = person(request)
    return _told(request, services.access_renew(by=user, grant=grant_seen(user, pk)))


@require_POST
def grant_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End an access at once."""
    user = person(request)
    services.access_revoke(by=user, grant=grant_seen(user, pk), reason=request.POST.get("reason", ""))
    messages.success(request, "The access has ended. Whoever was looking is out.")
    return redirect("auditors:grant-detail", pk)
