"""The pages of rows: looking through them, filtering them, and the filters that somebody named."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.queries import may, person
from apps.accounts.services import require
from apps.catalog import queries
from apps.catalog.forms.views import SimpleFilterForm, ViewCommitForm, ViewForm, words_of
from apps.catalog.models import DatasetVersion
from apps.catalog.queries.rows.masking import Sight, sight_of
from apps.catalog.queries.rows.paging import LONGEST_SEARCH, Wanted
from apps.catalog.queries.rows.viewing import PAGE_ROWS, RowsShown, columns_chosen, rows_shown
from apps.catalog.queries.views import view_seen, views_seen_by
from apps.catalog.rules.filters import FUNCTIONS, LONGEST, expression_of
from apps.catalog.services.views import view_commit, view_create
from apps.catalog.views.heads import version_head
from apps.core.errors import DomainError, NotFound, Refused
from apps.core.form_fields import attempt, key_named, posted, status_of


@require_GET
def version_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of a version: paged, searched, filtered; findings hidden from those who may not see them."""
    user = person(request)
    version = queries.dataset_version_seen(user, pk)
    if request.GET.get("comparison"):
        return _simple(request, version)
    sight, wanted = sight_of(user, version), _wanted(request)
    if not wanted.is_all:  # a search for a hidden word would tell where it stands
        require(user, "dataset.read_raw", version.team_id, shared=version.dataset)
    chosen = columns_chosen(version, request.GET.getlist("columns"))
    shown, problem = _shown(sight, _page(request, version), wanted, chosen)
    context = {
        "version": version,
        "sight": sight,
        "wanted": wanted,
        "shown": shown,
        "problem": problem,
        "chosen": chosen,
        "columns": [column["name"] for column in version.columns],
        "simple": SimpleFilterForm(version, None),
        "views": views_seen_by(user).filter(version=version)[:50],
        "functions": FUNCTIONS.items(),
        "export": urlencode({"filter": wanted.expression} if wanted.expression else {}),
        "most_seconds": settings.QUERY_SECONDS,
        **version_head(user, version, "rows"),
    }
    return render(request, "catalog/rows.html", context, status=422 if problem else 200)


def _wanted(request: HttpRequest) -> Wanted:
    get = request.GET
    columns = tuple(get.getlist("columns"))
    return Wanted(get.get("filter", "")[: LONGEST + 1].strip(), get.get("q", "")[: LONGEST_SEARCH + 1].strip(), columns)


def _page(request: HttpRequest, version: DatasetVersion) -> int:
    """The page that is asked for, by its number or by a row on it, counted from 1."""
    row = key_named(request, "row")
    if row is not None:
        return (min(max(row, 1), max(version.rows, 1)) - 1) // PAGE_ROWS + 1
    return max(key_named(request, "page") or 1, 1)


def _shown(sight: Sight, page: int, wanted: Wanted, columns: list[str]) -> tuple[RowsShown | None, DomainError | None]:
    try:
        return rows_shown(sight, page, wanted, columns), None
    except (Refused, NotFound):
        raise
    except DomainError as problem:
        return None, problem


def _simple(request: HttpRequest, version: DatasetVersion) -> HttpResponse:
    """Write the expression out of the three fields, add it to the one that is there, and show the rows."""
    query = request.GET.copy()
    form = SimpleFilterForm(version, query)
    if form.is_valid():
        added = expression_of(**form.cleaned_data)
        before = query.get("filter", "").strip()
        query["filter"] = f"({before}) AND {added}" if before else added
    else:
        messages.error(request, words_of(form))
    for name in ("column", "comparison", "value", "page", "row"):
        query.pop(name, None)
    return redirect(f"{reverse('catalog:version-rows', args=[version.pk])}?{query.urlencode()}")


@require_http_methods(["GET", "POST"])
def view_create_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Name a filter over a version."""
    user = person(request)
    version = queries.dataset_version_seen(user, pk)
    require(user, "dataset.read_raw", version.team_id, shared=version.dataset)
    form = ViewForm(posted(request), initial={"expression": request.GET.get("filter", "")[:LONGEST]})
    view = attempt(form, view_create, by=user, version=version)
    if view is not None:
        messages.success(request, f"“{view.name}” is saved: {view.rows} rows.")
        return redirect("catalog:view-detail", view.pk)
    return render(request, "catalog/view_form.html", {"form": form, "version": version}, status=status_of(form))


@require_GET
def view_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One saved view and its rows."""
    return _view_page(request, pk, None)


@require_POST
def view_commit_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Commit the rows of a view as a new version."""
    user = person(request)
    view = view_seen(user, pk)
    form = ViewCommitForm(view, request.POST)
    run = attempt(form, view_commit, by=user, view=view)
    if run is None:
        return _view_page(request, pk, form)
    messages.success(request, "A worker makes the version. This page follows it; you may leave.")
    return redirect("portal:run-detail", "commit", run.pk)


def _view_page(request: HttpRequest, pk: int, form: Any) -> HttpResponse:
    user = person(request)
    view = view_seen(user, pk)
    version = view.version
    chosen = columns_chosen(version, request.GET.getlist("columns"))
    page = max(key_named(request, "page") or 1, 1)
    sight = sight_of(user, version)
    shown, problem = _shown(sight, page, Wanted(view.expression), chosen)
    context = {
        "view": view,
        "version": version,
        "sight": sight,
        "shown": shown,
        "problem": problem,
        "form": form or ViewCommitForm(view),
        "may_commit": may(user, "dataset.upload", version.team_id),
        "export": urlencode({"filter": view.expression}),
    }
    return render(request, "catalog/view_detail.html", context, status=status_of(form) if form else 200)
