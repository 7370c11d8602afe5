"""Which door lies behind which address."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Answers as soon as the portal accepts requests."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz/", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("api/", include("genaiops_site.api")),
    path("data/", include("apps.catalog.urls")),
    path("models/", include("apps.registry.urls")),
    path("evaluations/", include("apps.evaluation.urls")),
    path("deployments/", include("apps.serving.urls")),
    path("monitoring/", include("apps.monitoring.urls")),
    path("checklists/", include("apps.checklist.urls")),
    path("reports/", include("apps.reports.urls")),
    path("", include("apps.accounts.urls")),
    path("", include("apps.portal.urls")),
]
