"""One entry of a JSON object as text, by a key that may hold anything a key can."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, TextField, Value
from django.db.models.sql.compiler import SQLCompiler


class JsonText(Func):
    """The text under `key` in a JSON column; NULL where there is none.

    Django's own transform takes a key of digits for a place in a list.
    """

    function = "jsonb_extract_path_text"
    output_field = TextField()

    def __init__(self, column: str, key: str) -> None:
        self.key = key
        super().__init__(column, Value(key))

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any) -> tuple[str, Any]:
        """SQLite reads keys in paths; one with a quotation mark is looked for among all keys."""
        column, params = compiler.compile(self.get_source_expressions()[0])
        sql = f"(SELECT value FROM json_each({column}) WHERE key = %s)"  # noqa: S608 - the column, as Django names it
        return sql, (*params, self.key)
