"""A filter's text, parsed by DuckDB, checked by `rules.filters`, and written anew by DuckDB."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from apps.catalog.queries.rows.columns import Table
from apps.catalog.rules.filters import CLOSE, LONGEST, OPEN, REMEDY, checked_tree
from apps.core.errors import Invalid

_PLACE = re.compile(r"\bc(\d+)\b")


def compiled(connection: duckdb.DuckDBPyConnection, table: Table, expression: str) -> str:
    """The question for the numbers `n` of the rows that fit, over the view `rows`. Raises Invalid naming the token."""
    if not expression.strip():
        raise Invalid("The filter is empty.", code="filter.empty", remedy=REMEDY)
    if len(expression) > LONGEST:
        raise Invalid(f"The filter is longer than {LONGEST} characters.", code="filter.too_long")
    if "\0" in expression:
        raise Invalid("The filter holds a NUL character.", code="filter.syntax", remedy=REMEDY)
    names = [column.name for column in table.columns]
    tree = checked_tree(expression, _parsed(connection, expression), _parsed(connection, "true"), names)
    answer = connection.execute("SELECT json_deserialize_sql(CAST(? AS JSON))", [json.dumps(tree)]).fetchall()
    return str(answer[0][0])


def _parsed(connection: duckdb.DuckDBPyConnection, expression: str) -> dict[str, Any]:
    try:
        answer = connection.execute("SELECT json_serialize_sql(?)", [OPEN + expression + CLOSE]).fetchall()
    except duckdb.Error:
        raise Invalid("The filter cannot be read.", code="filter.syntax", remedy=REMEDY) from None
    tree: dict[str, Any] = json.loads(answer[0][0])
    return tree


@contextmanager
def told_in_words(table: Table) -> Iterator[None]:
    """What DuckDB refuses when it comes to run a filter, as a sentence: it names columns, never what is in a cell."""
    try:
        yield
    except duckdb.InterruptException:
        raise
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.ConversionException as error:
        raise _of_another_type(str(error), table) from None
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        words = _in_names(str(error).split("\n")[0].partition("Error: ")[2], table)
        near = _in_names(_token_of(str(error)), table)
        raise Invalid(
            f"The filter does not fit the columns{near and f' at “{near}”'}: {words[:200]}.",
            code="filter.type",
            remedy=REMEDY,
        ) from None
    except (duckdb.OutOfRangeException, duckdb.InvalidInputException, duckdb.SyntaxException):
        raise Invalid(
            "The filter cannot be worked out for these rows: a number runs over, or a pattern is not valid.",
            code="filter.value",
            remedy=REMEDY,
        ) from None


def _of_another_type(message: str, table: Table) -> Invalid:
    place = re.search(r"source column c(\d+)", message)
    which = f" “{table.columns[int(place[1])].name}”" if place and int(place[1]) < len(table.columns) else ""
    return Invalid(
        f"The column{which} holds values that cannot be read as what the filter compares them with.",
        code="filter.type",
        remedy="Put texts in single quotes, or write try_cast(column AS DOUBLE), which leaves out what is no number.",
    )


def _token_of(message: str) -> str:
    """The piece of the question above the marks that DuckDB puts under it."""
    lines = message.split("\n")
    for text, marks in zip(lines, lines[1:], strict=False):
        if text.startswith("LINE ") and marks.strip(" ^") == "" and "^" in marks:
            return text[marks.index("^") : marks.rindex("^") + 1][:60]
    return ""


def _in_names(message: str, table: Table) -> str:
    def name(found: re.Match[str]) -> str:
        place = int(found[1])
        return table.columns[place].name if place < len(table.columns) else found[0]

    return _PLACE.sub(name, message)
