"""LIKE and ILIKE as clients write them: % is any text, _ any character, nothing escapes.

    TrackingRun.objects.filter(Like(F("name"), "night%"))

On SQLite LIKE itself takes capitals and small letters of ASCII for the same; where they differ, GLOB is asked.
"""

from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    TextLookup = Lookup[str]
else:
    TextLookup = Lookup

_GLOB = {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}


class Like(TextLookup):
    """Whether a text fits a pattern, letter by letter."""

    lookup_name = "like_pattern"
    words = {"sqlite": "{} GLOB {}", "postgresql": "{} LIKE {} ESCAPE ''"}

    def get_prep_lookup(self) -> str:
        return str(self.rhs)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        return self.words[connection.vendor].format(left, "%s"), (*left_params, self.pattern(connection.vendor))

    def pattern(self, vendor: str) -> str:
        """The pattern in the words of the database."""
        return "".join(_GLOB.get(letter, letter) for letter in str(self.rhs)) if vendor == "sqlite" else str(self.rhs)


class ILike(Like):
    """Whether a text fits a pattern, capitals and small letters being the same."""

    lookup_name = "ilike_pattern"
    words = {"sqlite": "{} LIKE {}", "postgresql": "{} ILIKE {} ESCAPE ''"}

    def pattern(self, vendor: str) -> str:
        return str(self.rhs)


CharField.register_lookup(Like)
CharField.register_lookup(ILike)
