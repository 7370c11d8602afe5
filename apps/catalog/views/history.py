"""The pages of a dataset's history: branches, tags, the way back, and what tells rows apart."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.queries import person
from apps.accounts.services import require
from apps.catalog import queries
from apps.catalog.forms.history import BranchForm, RollbackForm, SettingsForm, TagForm
from apps.catalog.models import Branch, Dataset
from apps.catalog.queries.refs import branches_seen_by, tags_seen_by
from apps.catalog.rules import MAIN
from apps.catalog.services import branches as services
from apps.core.errors import NotFound
from apps.core.form_fields import attempt, key_named, posted, status_of


def _dataset(request: HttpRequest, pk: int, action: str) -> tuple[User, Dataset]:
    user = person(request)
    dataset = queries.dataset_seen(user, pk)
    require(user, action, dataset.team_id, shared=dataset)
    return user, dataset


def _page(request: HttpRequest, dataset: Dataset, form: forms.Form, **words: Any) -> HttpResponse:
    context = {"dataset": dataset, "form": form, **words}
    return render(request, "catalog/history_form.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
def branch_create_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a branch."""
    user, dataset = _dataset(request, pk, "dataset.branch")
    form = BranchForm(dataset, posted(request), version=key_named(request, "version"))
    branch = attempt(form, services.branch_create, by=user, dataset=dataset)
    if branch is not None:
        messages.success(request, f"The branch “{branch.name}” is there. What you upload to it leaves “{MAIN}” alone.")
        return _to(dataset, branch.name)
    does = "A line of versions of its own, to try something out without touching the others. It can be merged later."
    return _page(request, dataset, form, title="Begin a branch", does=does, button="Begin the branch")


def _to(dataset: Dataset, branch: str) -> HttpResponse:
    answer = redirect("catalog:dataset-detail", dataset.pk)
    answer["Location"] += f"?branch={branch}" if branch else ""
    return answer


@require_POST
def branch_delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a branch's name away."""
    user = person(request)
    branch = branches_seen_by(user).filter(pk=pk).first()
    if branch is None:
        raise NotFound(queries.MISSING)
    services.branch_delete(by=user, branch=branch)
    messages.success(request, f"The branch “{branch.name}” is gone; its versions stay.")
    return _to(branch.dataset, "")


@require_http_methods(["GET", "POST"])
def tag_create_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a version a lasting name."""
    user, dataset = _dataset(request, pk, "dataset.branch")
    form = TagForm(dataset, posted(request), version=key_named(request, "version"))
    tag = attempt(form, services.tag_create, by=user)
    if tag is not None:
        messages.success(request, f"Version {tag.version.number} is called “{tag.name}” now.")
        return _to(dataset, "")
    does = "A name that stays with one version, such as the data that a released model was trained on."
    return _page(request, dataset, form, title="Tag a version", does=does, button="Tag it")


@require_POST
def tag_delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a tag away."""
    user = person(request)
    tag = tags_seen_by(user).filter(pk=pk).first()
    if tag is None:
        raise NotFound(queries.MISSING)
    services.tag_delete(by=user, tag=tag)
    messages.success(request, f"The tag “{tag.name}” is gone; the version stays.")
    return _to(tag.dataset, "")


@require_http_methods(["GET", "POST"])
def rollback_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an earlier content the newest again."""
    user, dataset = _dataset(request, pk, "dataset.branch")
    form = RollbackForm(dataset, posted(request), version=key_named(request, "version"))
    version = attempt(form, services.branch_rollback, by=user)
    if version is not None:
        messages.success(request, f"{version} holds that content again. Nothing was taken out of the history.")
        return redirect("catalog:version-detail", version.pk)
    does = "The branch gets a new version with an earlier content. The versions in between stay where they are."
    return _page(request, dataset, form, title="Go back to an earlier version", does=does, button="Go back")


@require_http_methods(["GET", "POST"])
def settings_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a dataset is for and which columns name a row."""
    user, dataset = _dataset(request, pk, "dataset.describe")
    main = Branch.objects.filter(dataset=dataset, name=MAIN).select_related("head").first()
    names = [column["name"] for column in main.head.columns] if main else []
    form = SettingsForm(dataset, names, posted(request))
    if attempt(form, _set, by=user, dataset=dataset) is not None:
        messages.success(request, "Saved.")
        return _to(dataset, "")
    does = "Both are read by comparisons, merges and scans."
    return _page(request, dataset, form, title="Purpose and keys", does=does, button="Save")


def _set(*, by: User, dataset: Dataset, purpose: str, columns: list[str]) -> Dataset:
    if columns != dataset.key_columns:
        services.dataset_keys_set(by=by, dataset=dataset, columns=columns)
    if purpose != dataset.purpose:
        services.dataset_purpose_set(by=by, dataset=dataset, purpose=purpose)
    return dataset
