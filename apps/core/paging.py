"""Pages of long lists whose cost does not grow with the list.

COUNT(*) and deep OFFSETs are what makes a list of 100 000 rows slow, so the count stops at a bound ("1 000+") and the
API pages by cursor.
"""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from rest_framework.pagination import CursorPagination

COUNT_BOUND = 1_000


class BoundedPaginator(Paginator):
    """Django's paginator with a count that looks at no more than `COUNT_BOUND` + 1 rows."""

    @cached_property
    def count(self) -> int:
        """The number of rows, exact up to `COUNT_BOUND`; one more than that means "there are more"."""
        objects: Any = self.object_list
        if isinstance(objects, list | tuple):
            return len(objects)
        return int(objects.order_by()[: COUNT_BOUND + 1].count())

    @property
    def is_bounded(self) -> bool:
        """Whether more rows exist than are counted."""
        return self.count > COUNT_BOUND


class ApiPages(CursorPagination):
    """The API's paging: `next` and `previous` links, newest first, up to 500 rows a page."""

    ordering = "-pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
