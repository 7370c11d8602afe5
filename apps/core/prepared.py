"""Questions that are put into SQL once and then asked many times a second, each time with other values.

    by_name = Prepared(lambda name: Model.objects.filter(name=name).values_list("pk", "name"), name=str)
    by_name.rows(name="scoring")

Django builds the SQL of a query set anew for every question, which takes longer than the database takes to answer. Here
that happens once in a process; the values go to the database as parameters, as always. And a table hanging on a row
(its tags, its files) is read along with it in the same question, by `rows_along`.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet, Subquery, TextField
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)
Row = tuple[Any, ...]
_MARK = 2_140_000_000  # stands for a number while the SQL is made, in the range of every number column


class Prepared:
    """One question. `kinds` names its values, each with its type: int or str."""

    def __init__(self, make: "Callable[..., QuerySet[Any, Any]]", **kinds: type[int] | type[str]) -> None:
        self._make = make
        self._kinds = kinds
        self._asked: dict[str, _Asked] = {}

    def rows(self, **values: int | str) -> list[Row]:
        """The rows of the answer, as `values_list` gives them."""
        asked = self._asked.get(connection.vendor)
        if asked is None:
            asked = self._asked[connection.vendor] = _Asked(self._make, self._kinds)
        return asked.rows(values)


class PreparedOne(Generic[M]):
    """A question for one object with all its columns, as `first()` would give it."""

    def __init__(self, make: Callable[..., QuerySet[M]], **kinds: type[int] | type[str]) -> None:
        self._prepared = Prepared(make, **kinds)

    def found(self, model: type[M], **values: int | str) -> M | None:
        """The object, or None."""
        rows = self._prepared.rows(**values)
        if not rows:
            return None
        return model.from_db(connection.alias, [field.attname for field in model._meta.concrete_fields], rows[0])


class PreparedByKeys:
    """A question for the rows of some keys. Groups of keys are filled up to a few sizes, each put into SQL once."""

    sizes = (1, 5, 20, 100, 1000)

    def __init__(self, make: "Callable[[list[int]], QuerySet[Any, Any]]") -> None:
        self._by_size = {size: self._of_size(make, size) for size in self.sizes}

    @staticmethod
    def _of_size(make: "Callable[[list[int]], QuerySet[Any, Any]]", size: int) -> Prepared:
        return Prepared(lambda **keys: make(list(keys.values())), **{f"key{place}": int for place in range(size)})

    def rows(self, keys: Sequence[int]) -> list[Row]:
        """The rows, in no order; a key that nothing has brings none."""
        found: list[Row] = []
        for start in range(0, len(keys), self.sizes[-1]):
            some = keys[start : start + self.sizes[-1]]
            size = next(size for size in self.sizes if size >= len(some))
            filled = [*some, *[some[-1]] * (size - len(some))]
            found += self._by_size[size].rows(**{f"key{place}": key for place, key in enumerate(filled)})
        return found


class _Asked:
    """The question in the words of one database, with the places of its values."""

    def __init__(self, make: "Callable[..., QuerySet[Any, Any]]", kinds: dict[str, Any]) -> None:
        marks = {name: _mark(place, kind) for place, (name, kind) in enumerate(kinds.items())}
        compiler = make(**marks).query.get_compiler(connection=connection)
        self._sql, params = compiler.as_sql()
        names = {mark: name for name, mark in marks.items()}
        self._params = [(names.get(value) if isinstance(value, int | str) else None, value) for value in params]
        missing = set(kinds) - {name for name, _ in self._params}
        if missing:
            raise ValueError(f"The question does not depend on {sorted(missing)}.")
        self._compiler = compiler
        self._converters = compiler.get_converters([column[0] for column in compiler.select])

    def rows(self, values: dict[str, int | str]) -> list[Row]:
        params = [value if name is None else values[name] for name, value in self._params]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            found: list[Row] = cursor.fetchall()
        if self._converters:
            return [tuple(row) for row in self._compiler.apply_converters(found, self._converters)]
        return found


def _mark(place: int, kind: type) -> int | str:
    return _MARK + place if kind is int else f"prepared value {place}"


class RowsAlong(Subquery):
    """The rows of another table that belong to a row, as the text of a JSON list of lists; `unpacked` reads it."""

    output_field = TextField()

    def __init__(self, rows: "QuerySet[Any, Any]") -> None:
        self.names = [*rows.query.values_select, *rows.query.annotation_select]
        super().__init__(rows.order_by())

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        return self._as_list(compiler, connection, "json_group_array(json_array({}))")

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        return self._as_list(compiler, connection, "CAST(json_agg(json_build_array({})) AS text)")

    def _as_list(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, words: str) -> tuple[str, Any]:
        inner, params = self.query.as_sql(compiler, connection)
        columns = ", ".join(f"along.c{place}" for place in range(len(self.names)))
        names = ", ".join(f"c{place}" for place in range(len(self.names)))
        # A WITH names the columns in both databases; the values themselves stay parameters.
        sql = f"(WITH along({names}) AS {inner} SELECT {words.format(columns)} FROM along)"  # noqa: S608
        return sql, params


def unpacked(text: str | None) -> list[list[Any]]:
    """The rows that came along, each as a list of its columns."""
    return json.loads(text) if text else []
