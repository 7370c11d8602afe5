"""The pages for whoever must rely on a document: checking a file, the program that checks it, and our public keys."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.queries import person
from apps.core.errors import DomainError
from apps.core.form_fields import posted, status_of
from apps.reports.forms import VerifyForm
from apps.reports.queries.certificates import certificate_named, certificates, seal_keys
from apps.reports.queries.verifying import file_check
from apps.reports.rules.program import program


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Check a pack or a PDF that somebody brings; nothing of it is kept."""
    form = VerifyForm(posted(request), request.FILES or None)
    if not form.is_valid():
        return render(request, "reports/verify.html", {"form": form}, status=status_of(form))
    given = form.cleaned_data
    try:
        check = file_check(person(request), given["pack"].file, expected=given["digest"].lower(), key=given["key"])
    except DomainError as error:
        form.add_error("pack", f"{error.message} {error.remedy}".strip())
        return render(request, "reports/verify.html", {"form": form}, status=error.status)
    context = {"form": VerifyForm(), "check": check, "name": given["pack"].name, "expected": given}
    return render(request, "reports/verify.html", context)


@login_not_required
@require_GET
def verify_program(request: HttpRequest) -> HttpResponse:
    """The program that is in every pack, out of this portal's source code."""
    headers = {"Content-Disposition": 'attachment; filename="verify_pack.py"'}
    return HttpResponse(program(), content_type="text/x-python; charset=utf-8", headers=headers)


@login_not_required
@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """Our public keys and certificates. They are for everybody: somebody outside compares a document with them."""
    return render(request, "reports/keys.html", {"certificates": list(certificates()), "keys": seal_keys()})


@login_not_required
@require_GET
def certificate(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """One certificate as a file, for other programs."""
    found = certificate_named(fingerprint)
    headers = {"Content-Disposition": f'attachment; filename="certificate-{found.fingerprint[:16]}.pem"'}
    return HttpResponse(found.pem, content_type="application/x-pem-file", headers=headers)
