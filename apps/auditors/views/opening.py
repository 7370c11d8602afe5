"""The door of a link. Opening the page does nothing, so that programs which look at links in mail use none up.

The secret stands behind the # of the address: browsers send that part to nobody, so it is in no log, no history of a
proxy and no Referer.
"""

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.accounts.queries import origin_of
from apps.accounts.rules import guest_door
from apps.auditors import services
from apps.auditors.forms import OpenForm, PasswordForm
from apps.auditors.rules import ACCOUNT
from apps.core.errors import DomainError

BACKEND = "apps.accounts.authentication.PeopleBackend"


class _WithoutOrigin(CsrfViewMiddleware):
    """Asks for the form's token, and takes an Origin of `null` for none: under the policy of this page, `no-referrer`,
    that is what browsers send (Fetch, "append a request Origin header").
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        is_null = request.META["HTTP_ORIGIN"] == "null"
        return is_null or bool(super()._origin_verified(request))  # type: ignore[misc] # the stubs leave it out


_form_token_needed = decorator_from_middleware(_WithoutOrigin)


@guest_door
@login_not_required
@csrf_exempt  # in favour of the same check, but for the Origin
@_form_token_needed
@sensitive_post_parameters("secret", "password")
@never_cache
@require_http_methods(["GET", "POST"])
def open_link(request: HttpRequest) -> HttpResponse:
    """The landing page, and coming in by its button."""
    answer = _opened(request) if request.method == "POST" else _page(request, OpenForm(auto_id="link-%s"))
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _opened(request: HttpRequest) -> HttpResponse:
    form: OpenForm | PasswordForm = OpenForm(request.POST, auto_id="link-%s")
    if not form.is_valid():
        return _page(request, form, 422)
    secret, origin = form.cleaned_data["secret"], origin_of(request)
    try:
        grant = services.link_check(secret=secret, origin=origin)
        if grant.kind == ACCOUNT and "password" not in request.POST:
            return _page(request, PasswordForm(initial={"secret": secret}), person=grant.holder)
        form = PasswordForm(request.POST) if grant.kind == ACCOUNT else form
        if not form.is_valid():
            return _page(request, form, 422, person=grant.holder)
        entered = services.room_enter(origin=origin, **form.cleaned_data)
    except DomainError as error:
        form.add_error(None, f"{error.message} {error.remedy}".strip())
        return _page(request, form, error.status)
    login(request, entered.holder, backend=BACKEND)
    return redirect("audit-room:home")


def _page(request: HttpRequest, form: Any, status: int = 200, **more: Any) -> HttpResponse:
    context = {"form": form, "wants_password": isinstance(form, PasswordForm), **more}
    return render(request, "auditors/open.html", context, status=status)
