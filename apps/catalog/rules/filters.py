"""The filter language: expressions of DuckDB's SQL, of which only what stands in these lists is accepted.

DuckDB parses the expression and gives its tree as JSON; this module walks the tree. Whatever it does not know, it
refuses by name: subqueries, windows, functions off the list, everything that could read another thing than the row.
What is executed is written by DuckDB out of the checked tree, never the text that somebody sent.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from apps.core.errors import Invalid

LONGEST = 2_000  # characters
DEEPEST = 60
OPEN, CLOSE = "SELECT n FROM rows WHERE (", "\n)"  # a closing line end ends a comment
FUNCTIONS: dict[str, str] = {
    "lower": "text in small letters",
    "upper": "text in capitals",
    "trim": "text without blanks around it",
    "length": "number of characters",
    "len": "number of characters or of entries of a list",
    "strlen": "number of bytes",
    "substring": "part of a text",
    "left": "first characters of a text",
    "right": "last characters of a text",
    "contains": "whether a text holds another, or a list a value",
    "starts_with": "whether a text begins so",
    "ends_with": "whether a text ends so",
    "suffix": "whether a text ends so",
    "prefix": "whether a text begins so",
    "regexp_matches": "whether a regular expression (RE2) is found in a text",
    "regexp_full_match": "whether a regular expression (RE2) fits the whole text",
    "abs": "a number without its sign",
    "round": "a rounded number",
    "floor": "a number rounded down",
    "ceil": "a number rounded up",
    "sign": "-1, 0 or 1",
    "mod": "the rest of a division",
    "greatest": "the largest of several values",
    "least": "the smallest of several values",
    "isnan": "whether a number is none",
    "year": "the year of a time",
    "month": "the month of a time",
    "day": "the day of a time",
    "hour": "the hour of a time",
    "dayofweek": "the day of the week, Sunday is 0",
    "nullif": "nothing where two values are equal",
    "list_contains": "whether a list holds a value",
    "array_length": "number of entries of a list",
    "list_value": "a list of values, written [1, 2]",
    "json_extract_string": "a part of a nested value as text, by its path such as '$.name'",
    "json_extract": "a part of a nested value",
    "json_array_length": "number of entries of a nested list",
    "json_type": "the kind of a nested value",
    "json_valid": "whether a text is JSON",
}
_OPERATORS = frozenset(
    {"+", "-", "*", "/", "//", "%", "||", "~~", "!~~", "~~*", "!~~*", "^@", "->", "->>", "like_escape", "ilike_escape"}
    | {"not_like_escape", "not_ilike_escape"}
)
_OPERATOR_TYPES = frozenset(
    {"OPERATOR_NOT", "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL", "OPERATOR_COALESCE", "COMPARE_IN", "COMPARE_NOT_IN"}
    | {"ARRAY_EXTRACT", "STRUCT_EXTRACT"}
)
TYPES = frozenset(
    {"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "VARCHAR", "TEXT"}
    | {"DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "JSON"}
)
_CHILDREN = {
    "CONJUNCTION": ("children",),
    "OPERATOR": ("children",),
    "COMPARISON": ("left", "right"),
    "BETWEEN": ("input", "lower", "upper"),
    "CAST": ("child",),
    "CASE": ("else_expr",),
    "CONSTANT": (),
    "COLUMN_REF": (),
    "FUNCTION": (),
}
_WORDS = {
    "SUBQUERY": "A question inside the question",
    "WINDOW": "A window over other rows",
    "LAMBDA": "A function of one's own",
    "STAR": "A star, which stands for all columns",
    "PARAMETER": "A placeholder",
    "COLLATE": "A collation",
    "POSITIONAL_REFERENCE": "A column by its place",
}


class Checked:
    """One walk over a parsed filter: refuses what is not known and puts places (c0, c1, …) for the columns' names."""

    def __init__(self, expression: str, names: Sequence[str]) -> None:
        self._bytes = (OPEN + expression + CLOSE).encode()
        self._places = {name: place for place, name in enumerate(names)}
        self._folded: dict[str, list[int]] = {}
        for name, place in self._places.items():
            self._folded.setdefault(name.casefold(), []).append(place)
        self._names = list(names)

    def visit(self, node: Any, depth: int = 0) -> None:
        """Check a node and all below it, and rename its columns. Raises Invalid that names the piece of text."""
        kind = node.get("class") if isinstance(node, dict) else None
        if depth > DEEPEST:
            raise Invalid(f"The filter is nested deeper than {DEEPEST} steps.", code="filter.too_deep")
        if kind not in _CHILDREN:
            self._refuse(node, _WORDS.get(str(kind), "Something"), "cannot stand in a filter")
        for below in self._below(node, str(kind)):
            self.visit(below, depth + 1)

    def _below(self, node: dict[str, Any], kind: str) -> list[Any]:
        if kind == "COLUMN_REF":
            self._rename(node)
        if kind == "OPERATOR" and node["type"] not in _OPERATOR_TYPES:
            self._refuse(node, "This operator", "is not on the list")
        if kind == "CAST":
            self._check_type(node["type_expr"])
        if kind == "FUNCTION":
            return self._arguments(node)
        found = [node[name] for name in _CHILDREN[kind]]
        if kind == "CASE":
            found += [part for check in node["case_checks"] for part in (check["when_expr"], check["then_expr"])]
        return [part for item in found for part in (item if isinstance(item, list) else [item]) if part is not None]

    def _arguments(self, node: dict[str, Any]) -> list[Any]:
        name = str(node["function_name"])
        is_plain = not (node["filter"] or node["distinct"] or node["order_bys"]["orders"] or node["export_state"])
        is_ours = node["qualified_name"]["path"] == [name] and not node["schema"] and not node["catalog"]
        if name not in FUNCTIONS and name not in _OPERATORS or not is_plain or not is_ours:
            raise Invalid(
                f"“{self.text_of(node, name)}”: the function “{name[:60]}” is not one that a filter may use.",
                code="filter.function",
                remedy="The page of filters lists them.",
            )
        return [argument["expression"] for argument in node["arguments"]]

    def _check_type(self, node: dict[str, Any]) -> None:
        name = str(node.get("type_name", ""))
        if name.upper() not in TYPES or node.get("catalog") or node.get("schema"):
            self._refuse(node, f"The type “{name[:40]}”", "is not one that a filter may use")

    def _rename(self, node: dict[str, Any]) -> None:
        """A name as it is written, else the one column that differs from it in case only."""
        name, *fields = node["column_names"]
        alike = self._folded.get(name.casefold(), [])
        if name not in self._places and len(alike) != 1:
            shown = ", ".join(f"“{other}”" for other in self._names[:12])
            raise Invalid(
                f"There is no column called “{name[:80]}”.",
                code="filter.column",
                remedy=f"The columns are {shown}{' …' if len(self._names) > 12 else ''}. Texts stand in single quotes.",
            )
        place = self._places[name] if name in self._places else alike[0]
        node["column_names"] = [f"c{place}", *fields]

    def _refuse(self, node: Any, what: str, why: str) -> NoReturn:
        token = self.text_of(node, "")
        raise Invalid(f"{f'“{token}”: ' if token else ''}{what} {why}.", code="filter.refused", remedy=REMEDY)

    def text_of(self, node: Any, otherwise: str) -> str:
        """The piece of the filter that a node was read from, at most 60 characters of it."""
        start, length = (node or {}).get("query_location", 0), (node or {}).get("query_location_length", 0)
        found = self._bytes[start : start + length].decode(errors="ignore") if start < len(self._bytes) else ""
        text = found or next((self.text_of(item, "") for item in _nodes_in(node) if self.text_of(item, "")), otherwise)
        return text if len(text) <= 60 else text[:60] + "…"


REMEDY = "Compare columns with values: prompt LIKE '%refund%' AND score > 0.5."


def _nodes_in(node: Any) -> list[dict[str, Any]]:
    values = list(node.values()) if isinstance(node, dict) else []
    flat = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return [item for item in flat if isinstance(item, dict)]


def checked_tree(expression: str, parsed: Mapping[str, Any], template: Mapping[str, Any], names: Sequence[str]) -> Any:
    """The tree of a filter with columns by place. `template` is the tree of the same question with the filter `true`.

    Everything around the filter must be as in the template: nothing may have closed the brackets and gone on.
    """
    if parsed["error"]:
        raise _unreadable(expression, parsed)
    clause = parsed["statements"][0]["node"].get("where_clause")
    if clause is not None:
        Checked(expression, names).visit(clause)
    if clause is None or _around(parsed) != _around(template):
        raise Invalid("The filter is more than one expression.", code="filter.refused", remedy=REMEDY)
    return parsed


def _around(parsed: Mapping[str, Any]) -> Any:
    statements = [dict(item) for item in parsed["statements"]]
    for item in statements:
        item["node"] = {name: value for name, value in item["node"].items() if name != "where_clause"}
    return statements


def _unreadable(expression: str, parsed: Mapping[str, Any]) -> Invalid:
    message, place = str(parsed.get("error_message", "")), str(parsed.get("position", ""))
    near = message.rpartition('near "')[2].rpartition('"')[0] if 'near "' in message else ""
    is_inside = place.isdigit() and int(place) < len((OPEN + expression).encode())
    where = f"at “{near[:60]}”" if near and is_inside else "to its end: a bracket or a quotation mark may be open"
    return Invalid(f"The filter cannot be read {where}.", code="filter.syntax", remedy=REMEDY)


COMPARISONS: dict[str, str] = {
    "contains": "contains the text",
    "equals": "is",
    "differs": "is not",
    "more": "is more than",
    "less": "is less than",
    "begins": "begins with",
    "longer": "is longer than (characters)",
    "empty": "is empty",
    "filled": "is not empty",
}


def expression_of(column: str, comparison: str, value: str) -> str:
    """The expression that says what somebody chose from three fields. Raises Invalid for an unknown comparison."""
    name = '"' + column.replace('"', '""') + '"'
    text = "'" + value.replace("'", "''") + "'"
    number = value if _is_number(value) else text
    forms = {
        "contains": f"contains(lower(CAST({name} AS VARCHAR)), lower({text}))",
        "equals": f"CAST({name} AS VARCHAR) = {text}" if number == text else f"{name} = {number}",
        "differs": f"CAST({name} AS VARCHAR) <> {text}" if number == text else f"{name} <> {number}",
        "more": f"{name} > {number}",
        "less": f"{name} < {number}",
        "begins": f"starts_with(CAST({name} AS VARCHAR), {text})",
        "longer": f"length(CAST({name} AS VARCHAR)) > {number}",
        "empty": f"{name} IS NULL",
        "filled": f"{name} IS NOT NULL",
    }
    if comparison not in forms:
        raise Invalid("There is no such comparison.", code="filter.comparison")
    return forms[comparison]


def _is_number(value: str) -> bool:
    head, _, tail = value.strip().removeprefix("-").partition(".")
    return head.isdigit() and head.isascii() and (not tail or (tail.isdigit() and tail.isascii()))
