"""Statements that the database keeps, so that it reads and plans them once for each connection.

PostgreSQL does so where `DATABASE_PREPARED` allows it; SQLite's driver keeps the last statements by itself.
"""

from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, Model
from psycopg import Cursor
from psycopg.types.numeric import Int8

M = TypeVar("M", bound=Model)


def prepared_cursor() -> CursorWrapper:
    """A cursor like `connection.cursor()`, for a context manager, whose statements are kept.

    Only for statements whose text is one of a few: the last hundred are kept until the connection is closed, as are the
    types of their values (a whole number counts as 64 bits, however small it is).
    """
    # The log of queries, which DEBUG and tests keep, can only show those of Django's own cursors.
    database = connections[DEFAULT_DB_ALIAS]
    if database.settings_dict["OPTIONS"].get("prepare_threshold") is None or database.queries_logged:
        return database.cursor()
    database.close_if_health_check_failed()
    database.ensure_connection()
    with database.wrap_database_errors:
        return CursorWrapper(KeepingCursor(database.connection), database)


class KeepingCursor(Cursor[Any]):
    """Django's own cursors write the values into the text; this one sends both apart."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """Numbers as one type: otherwise small and large ones would be two statements."""
        told = [Int8(value) if type(value) is int else value for value in params or ()]
        return super().execute(query, told, prepare=True, **options)


def insert_statement(model: type[Model]) -> str:
    """The INSERT of one row with all columns but a number that the database gives, for `insert_values`."""
    names = ", ".join(f'"{field.column}"' for field in _written(model))
    places = ", ".join(["%s"] * len(_written(model)))
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})'  # noqa: S608


def insert_values(row: Model) -> list[Any]:
    """The values of an object for `insert_statement`, as `save` would write them."""
    fields = _written(type(row))
    return [field.get_db_prep_save(getattr(row, field.attname), connection=connection) for field in fields]


def inserted(row: M) -> M:
    """The object as a new row, with the number that the database gave it. No signal is sent."""
    model = type(row)
    with prepared_cursor() as cursor:
        cursor.execute(f'{insert_statement(model)} RETURNING "{model._meta.pk.column}"', insert_values(row))
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias
    return row


@cache
def _written(model: type[Model]) -> "list[Field[Any, Any]]":
    pk = model._meta.auto_field
    return [field for field in model._meta.concrete_fields if field is not pk]
