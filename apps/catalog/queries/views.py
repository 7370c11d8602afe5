"""Reading saved views."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from apps.accounts.queries import shared_ids, team_ids_seen_by
from apps.catalog.models import Dataset, SavedView
from apps.catalog.queries.datasets import MISSING
from apps.core.errors import NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def views_seen_by(user: "User | AnonymousUser") -> QuerySet[SavedView]:
    """Views of every version that the person sees."""
    seen = Q(team_id__in=team_ids_seen_by(user)) | Q(version__dataset_id__in=shared_ids(user, Dataset))
    return SavedView.objects.filter(seen).select_related("version__dataset", "created_by")


def view_seen(user: "User | AnonymousUser", pk: int) -> SavedView:
    """One view. Raises NotFound when it is not there or not to be seen."""
    found = views_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found
