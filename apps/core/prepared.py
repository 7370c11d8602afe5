"""Questions that are put into SQL once and then asked many times a second, each time with other values.

    by_name = Prepared(lambda name: Model.objects.filter(name=name).values_list("pk", "name"), name=str)
    by_name.rows(name="scoring")

Django builds the SQL of a query set anew for every question, which takes longer than the database takes to answer. Here
that happens once in a process; the values go to the database as parameters, as always. PostgreSQL, which plans such a
question longer than it answers it, is sent the SQL once for each connection and afterwards the values alone. And a
table hanging on a row (its tags, its files) is read along with it in the same question, by `RowsAlong`.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet, Subquery, TextField
from django.db.models.sql.compiler import SQLCompiler

from apps.core.statements import prepared_cursor

M = TypeVar("M", bound=Model)
Row = tuple[Any, ...]
_MARK = 2_140_000_000  # stands for a number while the SQL is made, in the range of every number column
_PLAIN = re.compile(r"[a-z0-9_ -]*", re.IGNORECASE)


class Prepared:
    """One question. `kinds` names its values, each with its type: int or str."""

    def __init__(self, make: "Callable[..., QuerySet[Any, Any]]", **kinds: type[int] | type[str]) -> None:
        self._make = make
        self._kinds = kinds
        self._asked: dict[str, _Asked] = {}

    def rows(self, **values: int | str) -> list[Row]:
        """The rows of the answer, as `values_list` gives them."""
        return self._question().rows(values)

    def first_rows(self, most: int, /, **values: int | str) -> list[Row]:
        """The first rows of the answer, as many as wanted. Not for a question that is cut already."""
        return self._question().rows(values, most)

    def _question(self) -> "_Asked":
        asked = self._asked.get(connection.vendor)
        if asked is None:
            asked = self._asked[connection.vendor] = _Asked(self._make, self._kinds)
        return asked


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
    """A question for the rows of some keys. Groups of keys are filled up to a few sizes, each put into SQL once.

    `kinds` names other values of the question, each with its type, as for `Prepared`.
    """

    sizes = (1, 5, 20, 100, 1000)

    def __init__(self, make: "Callable[..., QuerySet[Any, Any]]", **kinds: type[int] | type[str]) -> None:
        self._by_size = {size: self._of_size(make, size, kinds) for size in self.sizes}

    @staticmethod
    def _of_size(make: "Callable[..., QuerySet[Any, Any]]", size: int, kinds: dict[str, Any]) -> Prepared:
        places = [f"key{place}" for place in range(size)]

        def made(**given: Any) -> "QuerySet[Any, Any]":
            return make([given.pop(place) for place in places], **given)

        return Prepared(made, **dict.fromkeys(places, int), **kinds)

    def rows(self, keys: Sequence[int], **values: int | str) -> list[Row]:
        """The rows, in no order; a key that nothing has brings none."""
        found: list[Row] = []
        for start in range(0, len(keys), self.sizes[-1]):
            some = keys[start : start + self.sizes[-1]]
            size = next(size for size in self.sizes if size >= len(some))
            filled = [*some, *[some[-1]] * (size - len(some))]
            found += self._by_size[size].rows(**{f"key{place}": key for place, key in enumerate(filled)}, **values)
        return found


class _Asked:
    """The question in the words of one database, with the places of its values."""

    def __init__(self, make: "Callable[..., QuerySet[Any, Any]]", kinds: dict[str, Any]) -> None:
        marks = {name: _mark(place, kind) for place, (name, kind) in enumerate(kinds.items())}
        compiler = make(**marks).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        names = {mark: name for name, mark in marks.items()}
        told = [(names.get(value) if isinstance(value, int | str) else None, value) for value in params]
        self._sql, self._params = _constants_written(sql, told)
        missing = set(kinds) - {name for name, _ in self._params}
        if missing:
            raise ValueError(f"The question does not depend on {sorted(missing)}.")
        self._compiler = compiler
        self._converters = compiler.get_converters([column[0] for column in compiler.select])

    def rows(self, values: dict[str, int | str], most: int | None = None) -> list[Row]:
        params = [value if name is None else values[name] for name, value in self._params]
        sql = self._sql if most is None else f"{self._sql} LIMIT {most:d}"  # as text: a plan for a few rows is another
        with prepared_cursor() as cursor:
            cursor.execute(sql, params)
            found: list[Row] = cursor.fetchall()
        if self._converters:
            return [tuple(row) for row in self._compiler.apply_converters(found, self._converters)]
        return found


def _constants_written(sql: str, params: list[tuple[str | None, Any]]) -> tuple[str, list[tuple[str | None, Any]]]:
    """The plain constants of a question written into its text: knowing them, the database picks its indexes better."""
    left, kept = iter(params), []

    def written(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%%"
        name, value = next(left)
        if name is None and type(value) is int:
            return str(value)
        if name is None and isinstance(value, str) and _PLAIN.fullmatch(value):
            return f"'{value}'"
        kept.append((name, value))
        return "%s"

    return re.sub("%[%s]", written, sql), kept


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
