"""Forms of the portal: choices out of long tables, and how a refusal comes to stand beside what was entered."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django import forms
from django.forms.models import ModelChoiceIterator
from django.http import HttpRequest, QueryDict

from apps.core.errors import DomainError, NotFound, Refused

T = TypeVar("T")
MOST_CHOICES = 100
LONGEST_KEY = 18  # digits of a BigAutoField, at most


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, or None when the page was only asked for: what a form wants to be given."""
    return request.POST if request.method == "POST" else None


def key_named(request: HttpRequest, name: str) -> int | None:
    """The number that the address gives for `name`, such as `?version=12`; None for anything that is no key."""
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= LONGEST_KEY else None


def attempt(form: forms.Form, write: Callable[..., T], **given: Any) -> T | None:
    """What `write` returned for the cleaned values; None when they are wrong or the service refused.

    The refusal then stands in the form. That a person may not, or that there is no such object, is no matter of the
    form: Refused and NotFound pass through.
    """
    if not form.is_valid():
        return None
    try:
        return write(**form.cleaned_data, **given)
    except (Refused, NotFound):
        raise
    except DomainError as error:
        form.add_error(None, f"{error.message} {error.remedy}".strip())
        return None


def status_of(form: forms.Form) -> int:
    """The status of a page that shows this form: 422 (RFC 9110, 15.5.21) once something was sent and refused."""
    return 422 if form.is_bound else 200


class _Newest(ModelChoiceIterator):  # type: ignore[type-arg] # not subscriptable at run time
    """The first choices of a long table, and whatever is chosen already."""

    def __iter__(self) -> Iterator[Any]:
        field: Any = self.field
        if field.empty_label is not None:
            yield ("", field.empty_label)
        newest = list(self.queryset[:MOST_CHOICES])
        there = {row.pk for row in newest}
        missing = [pk for pk in field.always if pk not in there]
        chosen = list(self.queryset.filter(pk__in=missing)) if missing else []
        for row in [*chosen, *newest]:
            yield self.choice(row)

    def __len__(self) -> int:
        return MOST_CHOICES

    def __bool__(self) -> bool:
        return True


class NewestChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One row out of a table of any length: the newest are listed, and every row that the person sees is accepted."""

    iterator = _Newest

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.always: list[int] = []

    def offer(self, rows: Any, *always: int | None) -> None:
        """Choose from `rows`; the keys in `always` are listed, whatever their age."""
        self.always = [pk for pk in always if pk is not None]
        self.queryset = rows


class NewestChoicesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several rows out of a table of any length."""

    iterator = _Newest
    widget = forms.CheckboxSelectMultiple

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.always: list[int] = []

    def offer(self, rows: Any, *always: int | None) -> None:
        """Choose from `rows`; the keys in `always` are listed, whatever their age."""
        self.always = [pk for pk in always if pk is not None]
        self.queryset = rows
