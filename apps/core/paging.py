"""Pages of long lists whose cost does not grow with the list.

COUNT(*) and deep OFFSETs are what makes a list of 100 000 rows slow, so the count stops at a bound ("1 000+") and the
API pages by cursor.
"""

import re
from base64 import b64decode
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

COUNT_BOUND = 1_000
OUR_CURSOR = re.compile(r"(o=[0-9]{1,4}|r=1|p=[0-9]{1,18})(&(r=1|p=[0-9]{1,18})){0,2}")


if TYPE_CHECKING:
    Pages = Paginator[Any]
else:
    Pages = Paginator


class BoundedPaginator(Pages):
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

    # A cursor names a row by its key, so it stays right however many rows are added meanwhile.
    ordering = "-pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The cursor of the request. Raises NotFound (404) for one that this API did not make."""
        given = request.query_params.get(self.cursor_query_param)
        if given is not None and not _is_ours(given):
            raise NotFound(self.invalid_cursor_message)
        return super().decode_cursor(request)


def _is_ours(cursor: str) -> bool:
    """Whether the cursor reads as REST framework writes it: offset, reverse and position, the latter a key here."""
    try:
        return OUR_CURSOR.fullmatch(b64decode(cursor, validate=True).decode()) is not None
    except ValueError:  # neither base64 nor UTF-8
        return False
