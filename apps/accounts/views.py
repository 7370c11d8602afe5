"""Signing in and out, and a person's own account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import services
from apps.accounts.forms import SignInForm, TokenForm
from apps.accounts.queries import origin_of, person, roles_in_words, token_owned, tokens_of
from apps.accounts.rules import guest_door
from apps.core.errors import DomainError, NotFound

BACKEND = "apps.accounts.authentication.PeopleBackend"


@guest_door
@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page. A refusal is shown beside the form and says nothing about which part was wrong."""
    if request.user.is_authenticated:
        return redirect(_next(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.sign_in(origin=origin_of(request), **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
            return render(
                request, "accounts/sign_in.html", {"form": form, "next": _wanted(request)}, status=error.status
            )
        login(request, user, backend=BACKEND)
        return redirect(_next(request))
    status = 422 if form.is_bound else 200
    return render(request, "accounts/sign_in.html", {"form": form, "next": _wanted(request)}, status=status)


def _wanted(request: HttpRequest) -> str:
    return request.POST.get("next") or request.GET.get("next", "")


def _next(request: HttpRequest) -> str:
    """Where to go after signing in: only ever a page of this portal."""
    wanted = _wanted(request)
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=False)
    home = settings.GUEST_HOME if getattr(request.user, "is_guest", False) else settings.LOGIN_REDIRECT_URL
    return wanted if is_ours else reverse(home)


@guest_door
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    services.sign_out(by=person(request))
    logout(request)
    return redirect("accounts:sign-in")


@guest_door
@never_cache
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """A person's teams and roles, and the tokens of their tools. A new token's secret is shown this once."""
    user = person(request)
    if user.is_guest and not user.has_usable_password():
        raise NotFound("Whoever entered by a link has no account of their own.")
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        _, secret = services.token_create(by=user, user=user, **form.cleaned_data)
        form = TokenForm()
    context = {"form": form, "secret": secret, "tokens": tokens_of(user), "teams": roles_in_words(user)}
    return render(request, "accounts/account.html", context, status=422 if form.is_bound else 200)


@guest_door
@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token."""
    user = person(request)
    services.token_revoke(by=user, token=token_owned(user, pk))
    messages.success(request, "The token has ended.")
    return redirect("accounts:account")
