"""Which door lies behind which address."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path, reverse

from apps.auditors.urls import room_patterns
from apps.core.errors import Refused
from apps.registry import urls as registry


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Answers as soon as the portal accepts requests."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def back_office_sign_in(request: HttpRequest) -> HttpResponse:
    """The portal's sign-in instead of the back office's own, which would not be throttled or recorded."""
    if request.user.is_authenticated:
        raise Refused("The back office is not open to you.", remedy="Ask an administrator to let you in.")
    return redirect(f"{reverse('accounts:sign-in')}?{request.GET.urlencode()}")


urlpatterns = [
    path("healthz/", healthz, name="healthz"),
    path("admin/login/", back_office_sign_in),
    path("admin/", admin.site.urls),
    path("", include("apps.mlflow.urls")),  # before the API, which answers every other address below api/
    path("api/", include("genaiops_site.api")),
    path("data/", include("apps.catalog.urls")),
    path("systems/", include(registry.systems)),
    path("models/", include("apps.registry.urls")),
    path("experiments/", include("apps.tracking.urls")),
    path("evaluations/", include("apps.evaluation.urls")),
    path("deployments/", include("apps.serving.urls")),
    path("monitoring/", include("apps.monitoring.urls")),
    path("checklists/", include("apps.checklist.urls")),
    path("incidents/", include("apps.incidents.urls")),
    path("reminders/", include("apps.reminders.urls")),
    path("risks/", include("apps.risks.urls")),
    path("reports/", include("apps.reports.urls")),
    path("audit-access/", include("apps.auditors.urls")),
    path("audit-room/", include(room_patterns)),
    path("", include("apps.accounts.urls")),
    path("", include("apps.portal.urls")),
]
