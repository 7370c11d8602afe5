"""Which stored files the database speaks of: asked of every table, so that no app can forget to say so."""

import re
from collections.abc import Iterator

from django.apps import apps
from django.db.models import CharField, Field, JSONField, Model, TextField
from django.db.models.functions import Cast

_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_LENGTH = 64
_MOST = 500  # parameters of one question; SQLite takes some thousands at most
# The trail tells what happened, also of what is gone since: a file that it alone names is of no more use to anybody.
_TELLING = frozenset({"audit"})


def digests_referred_to(digests: set[str]) -> set[str]:
    """Those of `digests` that stand in any row of any table: as a column of their own, or anywhere within JSON.

    The columns are asked by equality; JSON is read through, row by row, for what is left after that.
    """
    found: set[str] = set()
    for model, field in _fields(CharField):
        found |= _in_column(model, field, digests - found)
    for model, field in _fields(JSONField):
        if left := digests - found:
            found |= _in_json(model, field, left)
    return found


def _fields(kind: type[Field]) -> Iterator[tuple[type[Model], Field]]:  # type: ignore[type-arg]
    for model in apps.get_models():
        if model._meta.app_label in _TELLING or model._meta.proxy:
            continue
        for field in model._meta.local_concrete_fields:
            is_digest = not isinstance(field, CharField) or (field.max_length or 0) >= _LENGTH
            if isinstance(field, kind) and is_digest:
                yield model, field


def _in_column(model: type[Model], field: Field, digests: set[str]) -> set[str]:  # type: ignore[type-arg]
    found: set[str] = set()
    wanted = sorted(digests)
    for start in range(0, len(wanted), _MOST):
        chosen = {f"{field.name}__in": wanted[start : start + _MOST]}
        rows = model._default_manager.filter(**chosen).values_list(field.name, flat=True)
        found.update(rows.distinct())
    return found


def _in_json(model: type[Model], field: Field, digests: set[str]) -> set[str]:  # type: ignore[type-arg]
    texts = model._default_manager.annotate(as_text=Cast(field.name, TextField())).values_list("as_text", flat=True)
    return {digest for text in texts.order_by().iterator(500) if text for digest in _DIGEST.findall(text)} & digests
