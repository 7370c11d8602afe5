"""The back office at /admin/ reads; what it may change, it changes through services."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.errors import DomainError
from apps.core.paging import BoundedPaginator

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin


def tried(request: HttpRequest, done: str, write: Callable[..., object], **given: Any) -> None:
    """Call a service and say how it went; a refusal of one row does not stop the others."""
    try:
        write(**given)
    except DomainError as error:
        messages.error(request, " ".join([error.message, error.remedy]).strip())
    else:
        messages.success(request, done)


class BackOffice(Base):
    """Rows to look at: no adding, changing or deleting, and no more of them than the person sees elsewhere.

    `seen` is the app's query: it takes the person. Whoever is staff may open the back office.
    """

    paginator = BoundedPaginator
    list_per_page = 50
    show_full_result_count = False

    @staticmethod
    def seen(user: Any) -> QuerySet[Any]:
        """The rows that this person sees; each table says which."""
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.seen(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and getattr(request.user, "is_staff", False)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RunBackOffice(BackOffice):
    """Runs of one kind."""

    list_display = ["pk", "state", "progress", "message", "created_by", "created_at", "finished_at"]
    list_filter = ["state"]
    exclude = ["claim_token"]
