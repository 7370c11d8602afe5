"""Which door lies behind which address."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Answers as soon as the portal accepts requests."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz/", healthz, name="healthz"),
    path("admin/", admin.site.urls),
]
